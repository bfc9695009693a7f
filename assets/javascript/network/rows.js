// @ts-check
/**
 * Layers of rows of numbers.
 *
 * @import { KeepLargest } from "../types/network"
 */

/**
 * Rows one behind the other.
 *
 * @param {Float32Array[]} tables Of as many rows each.
 * @param {number} count Rows.
 * @param {Float32Array} out
 */
export function concatenate(tables, count, out) {
  let place = 0;
  for (let row = 0; row < count; row++) {
    for (const table of tables) {
      const length = table.length / count;
      out.set(table.subarray(row * length, (row + 1) * length), place);
      place += length;
    }
  }
}

/**
 * Some numbers of each row.
 *
 * @param {Float32Array} table
 * @param {number} count Rows.
 * @param {number} start The first that stays.
 * @param {Float32Array} out
 */
export function slice(table, count, start, out) {
  const [length, left] = [table.length / count, out.length / count];
  for (let row = 0; row < count; row++) {
    out.set(table.subarray(row * length + start, row * length + start + left), row * left);
  }
}

/**
 * @param {KeepLargest} layer
 * @param {Float32Array} table
 * @param {number} count Rows.
 * @param {Float32Array} out
 */
export function keepLargest(layer, table, count, out) {
  const length = table.length / count;
  for (let row = 0; row < count; row++) {
    const values = table.subarray(row * length, (row + 1) * length);
    const smallest = Float32Array.from(values).sort()[length - layer.count] ?? -Infinity;
    out.set(values.map((value) => (value >= smallest ? value : 0)), row * length);
  }
}
