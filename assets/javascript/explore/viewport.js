// @ts-check
/**
 * The part of the plane that is looked at: which place a pixel shows, and what is seen from nearer or from elsewhere.
 * The ends of a part are its left, right, bottom and top, in the plane's own numbers.
 *
 * @import { Place } from "../types/explore"
 */

export class Viewport {
  /** Ends of the whole plane. */
  whole = [-1, 1, -1, 1];
  /** Ends of what is looked at; the same array as `whole` where that is all of it. */
  ends = this.whole;

  /** @param {{ clientWidth: number, clientHeight: number }} surface The element that shows it. */
  constructor(surface) {
    this.surface = surface;
  }

  /** How far one is zoomed in. */
  get nearness() {
    const [[left = 0, right = 1], [from = 0, to = 1]] = [this.whole, this.ends];
    return (right - left) / (to - from);
  }

  /**
   * The ends after a zoom that keeps a place where it is; never more than the whole.
   *
   * @param {number} factor Above 1 to come nearer.
   * @param {Place} place
   */
  zoomed(factor, { x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const ends = [x + (left - x) / factor, x + (right - x) / factor, y + (bottom - y) / factor, y + (top - y) / factor];
    const [far = 0, farther = 1] = this.whole;
    return (ends[1] ?? 0) - (ends[0] ?? 0) >= farther - far ? this.whole : ends;
  }

  /**
   * The ends after a move.
   *
   * @param {number} byX In the plane's own numbers.
   * @param {number} byY
   */
  moved(byX, byY) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    return [left + byX, right + byX, bottom + byY, top + byY];
  }

  /**
   * Whether a place is seen.
   *
   * @param {Place} place
   */
  holds({ x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    return x >= left && x <= right && y >= bottom && y <= top;
  }

  /**
   * The place that a pixel of the element shows.
   *
   * @param {Place} pixel
   * @returns {Place}
   */
  placeAt({ x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const { clientWidth, clientHeight } = this.surface;
    return { x: left + (x / clientWidth) * (right - left), y: top - (y / clientHeight) * (top - bottom) };
  }

  /**
   * The pixel that shows a place.
   *
   * @param {Place} place
   * @returns {Place}
   */
  pixelOf({ x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const { clientWidth, clientHeight } = this.surface;
    return { x: ((x - left) / (right - left)) * clientWidth, y: ((top - y) / (top - bottom)) * clientHeight };
  }
}
