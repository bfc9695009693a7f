// @ts-check
/**
 * The examples that lie nearest, in the space of codes or in that of pixels.
 *
 * @import { Neighbour } from "../types/explore"
 */

/**
 * The rows next to one by Euclidean distance, the nearest first.
 *
 * @param {number} count How many rows there are.
 * @param {(place: number) => ArrayLike<number>} row
 * @param {ArrayLike<number>} one
 * @param {number} most
 * @returns {Neighbour[]}
 */
export function nearestRows(count, row, one, most) {
  /** @type {Neighbour[]} */
  const found = [];
  for (let place = 0; place < count; place++) {
    const other = row(place);
    const enough = found.length < most ? Infinity : (found.at(-1)?.distance ?? Infinity);
    let square = 0;
    for (let at = 0; at < one.length && square < enough; at++) {
      const off = (other[at] ?? 0) - (one[at] ?? 0);
      square += off * off;
    }
    if (square >= enough) continue;
    found.push({ place, distance: square });
    found.sort((first, second) => first.distance - second.distance);
    found.length = Math.min(found.length, most);
  }
  return found.map(({ place, distance }) => ({ place, distance: Math.sqrt(distance) }));
}
