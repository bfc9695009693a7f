// @ts-check
/**
 * Random numbers.
 */

/** A number from the standard normal distribution: Box and Muller's way. */
export function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/**
 * Several of them.
 *
 * @param {number} count
 */
export function normals(count) {
  return Float32Array.from({ length: count }, normal);
}
