// @ts-check
/**
 * How pictures look: as they are, and on the plane as stains of one colour.
 *
 * @import { Shown } from "../types/explore"
 */
import { paint, tinted } from "./pixels.js";

const INK = /** @type {[number, number, number]} */ ([70, 90, 150]); // its strength is the brightness: right in both themes

export class PictureLook {
  kind = "image";
  /** How many lie beside each other on the plane, at first and once nobody drags. */
  grain = /** @type {[number, number]} */ ([9, 15]);
  /** What can lie behind the points beside the examples themselves. */
  behinds = /** @type {{ key: number, name: string }[]} */ ([]);

  /** @param {number[]} shape */
  constructor(shape) {
    const [height = 1, width = 1] = shape;
    this.shape = shape;
    this.tile = { width, height };
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ArrayLike<number>} bytes
   */
  paint(canvas, bytes) {
    paint(canvas, bytes, this.shape);
  }

  /** @param {HTMLElement} _place */
  explain(_place) {}

  /** @param {HTMLElement} _place @param {Shown[]} _shown */
  label(_place, _shown) {}

  /** @param {HTMLElement} _place */
  mark(_place) {}

  /** @param {ArrayLike<number>} bytes */
  stain(bytes) {
    return tinted(bytes, this.shape, INK);
  }

  /** @returns {string[]} */
  ends() {
    return [];
  }

  /**
   * Draws one large, and another beside it.
   *
   * @param {HTMLElement} place With a canvas for each.
   * @param {ArrayLike<number>} bytes
   * @param {ArrayLike<number> | undefined} beside
   */
  portray(place, bytes, beside) {
    const [one, other] = place.querySelectorAll("canvas");
    if (one) this.paint(one, bytes);
    if (other && beside) this.paint(other, beside);
  }
}
