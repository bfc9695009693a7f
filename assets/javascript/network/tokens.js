// @ts-check
/**
 * Layers of a transformer: tables of tokens, `(places, numbers)`, in some of them one for each head.
 */
import { product } from "./product.js";

/**
 * Each row with mean 0 and variance 1, then scaled and shifted number by number.
 *
 * @param {Float32Array} rows
 * @param {Float32Array} scale
 * @param {Float32Array} shift
 * @param {number} epsilon
 * @param {Float32Array} out
 */
export function normalize(rows, scale, shift, epsilon, out) {
  const length = scale.length;
  for (let first = 0; first < rows.length; first += length) {
    let [mean, variance] = [0, 0];
    for (let at = 0; at < length; at++) mean += (rows[first + at] ?? 0) / length;
    for (let at = 0; at < length; at++) variance += ((rows[first + at] ?? 0) - mean) ** 2 / length;
    const factor = 1 / Math.sqrt(variance + epsilon);
    for (let at = 0; at < length; at++) {
      out[first + at] = (scale[at] ?? 1) * ((rows[first + at] ?? 0) - mean) * factor + (shift[at] ?? 0);
    }
  }
}

/**
 * Each row as shares of one.
 *
 * @param {Float32Array} rows
 * @param {number} length Numbers in a row.
 * @param {Float32Array} out
 */
export function softmax(rows, length, out) {
  for (let first = 0; first < rows.length; first += length) {
    let [most, sum] = [-Infinity, 0];
    for (let at = 0; at < length; at++) most = Math.max(most, rows[first + at] ?? 0); // so that no power is infinite
    for (let at = 0; at < length; at++) sum += out[first + at] = Math.exp((rows[first + at] ?? 0) - most);
    for (let at = 0; at < length; at++) out[first + at] = (out[first + at] ?? 0) / sum;
  }
}

/**
 * Products of pairs of tables, `(n, k)` and `(k, m)`.
 *
 * @param {Float32Array} left
 * @param {Float32Array} right
 * @param {number[]} shape Of all left tables of an example: `(…, n, k)`.
 * @param {number} columns m.
 * @param {Float32Array} out
 */
export function matrixProduct(left, right, shape, columns, out) {
  const [rows, inner] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const [turned, nothing] = [new Float32Array(columns * inner), new Float32Array(columns)];
  for (let pair = 0; pair * rows * inner < left.length; pair++) {
    for (let at = 0; at < inner; at++) {
      const from = (pair * inner + at) * columns;
      for (let column = 0; column < columns; column++) turned[column * inner + at] = right[from + column] ?? 0;
    }
    product(left.subarray(pair * rows * inner, (pair + 1) * rows * inner), rows, turned, nothing, out, pair * rows * columns);
  }
}

/**
 * The same numbers with their axes in another order.
 *
 * @param {Float32Array} tables
 * @param {number[]} shape Of one example of the input.
 * @param {number[]} order Which axis of the input each of the output is.
 * @param {number} count Examples.
 * @param {Float32Array} out
 */
export function permute(tables, shape, order, count, out) {
  const size = out.length / count;
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const [lengths, strides] = [order.map((axis) => shape[axis] ?? 1), order.map((axis) => steps[axis] ?? 1)];
  const places = new Uint32Array(size); // from where each number comes
  for (let at = 0; at < size; at++) {
    let rest = at;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      const length = lengths[axis] ?? 1;
      places[at] = (places[at] ?? 0) + (rest % length) * (strides[axis] ?? 1);
      rest = Math.floor(rest / length);
    }
  }
  for (let example = 0; example < count; example++) {
    for (let at = 0; at < size; at++) out[example * size + at] = tables[example * size + (places[at] ?? 0)] ?? 0;
  }
}
