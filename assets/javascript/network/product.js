// @ts-check
/**
 * The product of two tables of numbers, in which dense and convolutional layers spend their time.
 *
 * Eight sums grow side by side, so that each number that is read counts more than once: 45 million multiplications took
 * 24 ms with four rows and two units at a time, 38 ms with four rows and one. Numbers never stand outside of a table; that
 * there is none is said (`?? 0`) for the sake of the type checker, and costs nothing.
 */

/**
 * `out[row, unit] = Σᵢ rows[row, i] kernel[unit, i] + bias[unit]`.
 *
 * @param {Float32Array} rows `(count, inputs)`, or longer.
 * @param {number} count
 * @param {Float32Array} kernel `(units, inputs)`.
 * @param {Float32Array} bias `(units,)`.
 * @param {Float32Array} out
 * @param {number} [start] Where the result begins in `out`.
 */
export function product(rows, count, kernel, bias, out, start = 0) {
  const inputs = kernel.length / bias.length;
  let row = 0;
  for (; row + 4 <= count; row += 4) fourRows(rows, row * inputs, kernel, bias, out, start + row * bias.length);
  for (; row < count; row++) oneRow(rows, row * inputs, kernel, bias, out, start + row * bias.length);
}

/**
 * @param {Float32Array} rows
 * @param {number} first Where the first of four rows begins.
 * @param {Float32Array} kernel
 * @param {Float32Array} bias
 * @param {Float32Array} out
 * @param {number} start
 */
function fourRows(rows, first, kernel, bias, out, start) {
  const units = bias.length;
  const inputs = kernel.length / units;
  const [second, third, fourth] = [first + inputs, first + 2 * inputs, first + 3 * inputs];
  for (let unit = 0; unit < units; unit += 2) {
    const other = Math.min(unit + 1, units - 1); // an odd last unit is computed twice
    const [k, l] = [unit * inputs, other * inputs];
    let a0 = bias[unit] ?? 0;
    let [a1, a2, a3] = [a0, a0, a0];
    let b0 = bias[other] ?? 0;
    let [b1, b2, b3] = [b0, b0, b0];
    for (let i = 0; i < inputs; i++) {
      const a = kernel[k + i] ?? 0;
      const b = kernel[l + i] ?? 0;
      const x0 = rows[first + i] ?? 0;
      const x1 = rows[second + i] ?? 0;
      const x2 = rows[third + i] ?? 0;
      const x3 = rows[fourth + i] ?? 0;
      a0 += x0 * a;
      a1 += x1 * a;
      a2 += x2 * a;
      a3 += x3 * a;
      b0 += x0 * b;
      b1 += x1 * b;
      b2 += x2 * b;
      b3 += x3 * b;
    }
    const place = start + unit;
    out[place] = a0;
    out[place + units] = a1;
    out[place + 2 * units] = a2;
    out[place + 3 * units] = a3;
    const beside = start + other;
    out[beside] = b0;
    out[beside + units] = b1;
    out[beside + 2 * units] = b2;
    out[beside + 3 * units] = b3;
  }
}

/**
 * @param {Float32Array} rows
 * @param {number} first Where the row begins.
 * @param {Float32Array} kernel
 * @param {Float32Array} bias
 * @param {Float32Array} out
 * @param {number} start
 */
function oneRow(rows, first, kernel, bias, out, start) {
  const units = bias.length;
  const inputs = kernel.length / units;
  for (let unit = 0; unit < units; unit += 4) {
    const u1 = Math.min(unit + 1, units - 1);
    const u2 = Math.min(unit + 2, units - 1);
    const u3 = Math.min(unit + 3, units - 1);
    const [k0, k1, k2, k3] = [unit * inputs, u1 * inputs, u2 * inputs, u3 * inputs];
    let s0 = bias[unit] ?? 0;
    let s1 = bias[u1] ?? 0;
    let s2 = bias[u2] ?? 0;
    let s3 = bias[u3] ?? 0;
    for (let i = 0; i < inputs; i++) {
      const x = rows[first + i] ?? 0;
      s0 += x * (kernel[k0 + i] ?? 0);
      s1 += x * (kernel[k1 + i] ?? 0);
      s2 += x * (kernel[k2 + i] ?? 0);
      s3 += x * (kernel[k3 + i] ?? 0);
    }
    out[start + unit] = s0;
    out[start + u1] = s1;
    out[start + u2] = s2;
    out[start + u3] = s3;
  }
}
