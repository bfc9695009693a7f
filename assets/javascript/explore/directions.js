// @ts-check
/**
 * Vectors, and the directions along which codes spread most.
 */

const TURNS = 200; // of the power iteration, at most
const STILL = 1e-7; // change of a unit vector below which it has been found

/**
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
export function dot(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

/**
 * The first principal directions, the widest first: unit vectors, found by power iteration.
 *
 * @param {number} size Numbers in a code.
 * @param {number} most
 * @param {(vector: Float32Array) => Float32Array} stretch A vector times the covariance.
 * @returns {Float32Array[]}
 */
export function principal(size, most, stretch) {
  /** @type {Float32Array[]} */
  const found = [];
  for (let number = 0; number < Math.min(most, size); number++) {
    let vector = unit(without(Float32Array.from({ length: size }, (_, at) => 1 + ((at * 7 + number * 3) % 5)), found));
    for (let turn = 0; turn < TURNS; turn++) {
      const next = unit(without(stretch(vector), found));
      const change = 1 - Math.abs(dot(vector, next));
      vector = next;
      if (change < STILL) break;
    }
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    found.push(largest < 0 ? vector.map((value) => -value) : vector); // the same sign each time
  }
  return found;
}

/** @param {Float32Array} vector */
function unit(vector) {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

/**
 * A vector without its parts along others.
 *
 * @param {Float32Array} vector
 * @param {Float32Array[]} others Unit vectors.
 */
function without(vector, others) {
  for (const other of others) {
    const along = dot(vector, other);
    vector = vector.map((value, at) => value - along * (other[at] ?? 0));
  }
  return vector;
}
