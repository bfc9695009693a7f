// @ts-check
/**
 * Where t-SNE puts the held-out examples. Only they have a place on it: nothing decodes another one.
 *
 * @import { Place } from "../types/explore"
 */

const EDGE = 0.06; // of the range, left free at each end

export class Layout {
  /**
   * @param {Float32Array} places `x, y, x, y, …`
   * @param {number} step Of the training, whose codes were laid out.
   */
  constructor(places, step) {
    this.places = places;
    this.step = step;
  }

  /** Left, right, bottom and top. */
  get ends() {
    return [0, 1].flatMap((first) => {
      let [low, high] = [Infinity, -Infinity];
      for (let at = first; at < this.places.length; at += 2) {
        low = Math.min(low, this.places[at] ?? 0);
        high = Math.max(high, this.places[at] ?? 0);
      }
      const free = EDGE * (high - low) || 1;
      return [low - free, high + free];
    });
  }

  /**
   * @param {number} place Of an example.
   * @returns {Place}
   */
  at(place) {
    return { x: this.places[2 * place] ?? 0, y: this.places[2 * place + 1] ?? 0 };
  }

  /**
   * The nearest example that lies to one side of another, rather than above or below it; or above, rather than beside.
   *
   * @param {number} from The example from which one looks.
   * @param {[number, number]} way To the right, and up.
   */
  towards(from, [right, up]) {
    const start = this.at(from);
    let [found, least] = [from, Infinity];
    for (let place = 0; place < this.places.length / 2; place++) {
      const { x, y } = this.at(place);
      const [byX, byY] = [x - start.x, y - start.y];
      const along = right * byX + up * byY;
      const distance = Math.hypot(byX, byY);
      if (along <= 0 || Math.abs(up * byX - right * byY) > along || distance >= least) continue;
      [found, least] = [place, distance];
    }
    return found;
  }
}
