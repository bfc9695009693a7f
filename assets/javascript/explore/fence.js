// @ts-check
/**
 * A line around points.
 *
 * @import { Place } from "../types/explore"
 */

/**
 * The corners of a rectangle.
 *
 * @param {Place} from
 * @param {Place} to
 * @returns {Place[]}
 */
export function rectangle(from, to) {
  return [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
}

/**
 * Whether a line goes around a place.
 *
 * @param {Place[]} fence
 * @param {Place} place
 */
export function around(fence, { x, y }) {
  let inside = false;
  fence.forEach((one, at) => {
    const other = fence.at(at - 1) ?? one;
    if (one.y > y === other.y > y) return;
    if (x < one.x + ((y - one.y) / (other.y - one.y)) * (other.x - one.x)) inside = !inside;
  });
  return inside;
}
