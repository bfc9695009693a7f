// @ts-check
/**
 * Messages as bytes.
 */

/**
 * @param {Uint8Array} one
 * @param {Uint8Array | undefined} other
 */
export function sameBytes(one, other) {
  return one === other || (one.length === other?.length && one.every((byte, place) => byte === other[place]));
}
