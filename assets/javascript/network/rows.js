// @ts-check
/**
 * Layers of rows of numbers.
 *
 * @import { KeepLargest } from "../types/network"
 */
import { product } from "./product.js";

/**
 * The same layer for each row.
 *
 * @param {Float32Array} rows
 * @param {Float32Array} kernel
 * @param {Float32Array} bias One number for each unit, or for each row of an example and unit.
 * @param {number} units
 * @param {Float32Array} out
 */
export function dense(rows, kernel, bias, units, out) {
  const shared = bias.length === units;
  product(rows, out.length / units, kernel, shared ? bias : new Float32Array(units), out);
  if (!shared) for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) + (bias[at % bias.length] ?? 0);
}

/**
 * The sum of tables, number by number.
 *
 * @param {Float32Array[]} tables
 * @param {Float32Array} out
 */
export function add(tables, out) {
  for (const table of tables) for (let at = 0; at < out.length; at++) out[at] = (out[at] ?? 0) + (table[at] ?? 0);
}

/**
 * Each row again and again.
 *
 * @param {Float32Array} table
 * @param {number} count Rows.
 * @param {Float32Array} out
 */
export function repeat(table, count, out) {
  const [length, all] = [table.length / count, out.length / count];
  for (let at = 0; at < out.length; at += length) {
    const row = Math.floor(at / all);
    out.set(table.subarray(row * length, (row + 1) * length), at);
  }
}

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

/**
 * The entry that is nearest to each vector: the one with the largest `z·e + b`, where `b` is half of its squared length
 * below zero.
 *
 * @param {Float32Array} vectors One behind the other.
 * @param {Float32Array} entries Likewise.
 * @param {Float32Array} bias One number for each entry.
 * @param {Float32Array} out Of the size of the vectors.
 */
export function nearestEntries(vectors, entries, bias, out) {
  const [count, length] = [bias.length, entries.length / bias.length];
  const scores = new Float32Array((vectors.length / length) * count);
  product(vectors, vectors.length / length, entries, bias, scores);
  for (let first = 0; first < vectors.length; first += length) {
    const mine = scores.subarray((first / length) * count, (first / length + 1) * count);
    const best = mine.indexOf(mine.reduce((most, score) => Math.max(most, score)));
    out.set(entries.subarray(best * length, (best + 1) * length), first);
  }
}
