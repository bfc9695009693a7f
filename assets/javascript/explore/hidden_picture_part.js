// @ts-check
/**
 * Patches of a picture that one hides oneself.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { HiddenPart } from "./hidden_part.js";

const HIDDEN = -1; // what the network sees of a pixel that is hidden: no clean one has it
const GREY = 110; // what a person sees of it
const SHARE = 0.5; // of the patches that are hidden at first

const CONTENT = `
  <div class="ae-tools"><label><span data-word="hidden_share"></span>
    <input type="range" name="hidden" min="0" max="0.95" step="0.05"></label></div>
  <div class="ae-noise-three">
    <figure><canvas class="ae-hidden-seen" tabindex="0" role="application" data-title="hidden_help"></canvas><figcaption data-word="hidden_seen"></figcaption></figure>
    <figure><canvas class="ae-hidden-made"></canvas><figcaption data-word="hidden_made"></figcaption></figure>
  </div>
  <p class="ae-hidden-said"></p>
  <p class="ae-note" data-word="hidden_help"></p>`;

export class HiddenPicturePart extends HiddenPart {
  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {number} side Of a patch, in pixels.
   */
  constructor(place, explorer, model, side) {
    const [height = 1, width = 1] = model.shape;
    const columns = Math.ceil(width / side);
    const count = columns * Math.ceil(height / side);
    super(place, explorer, model, CONTENT, { columns, count, share: SHARE, value: HIDDEN, said: "hidden_said" });
    this.side = side;
  }

  /** @override @param {HTMLElement} surface @param {PointerEvent} event */
  spot(surface, { offsetX, offsetY }) {
    const [height = 1, width = 1] = this.model.shape;
    const pixel = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ pixels) =>
      Math.floor(Math.min(Math.max(at / length, 0), 0.9999) * pixels);
    const [x, y] = [pixel(offsetX, surface.clientWidth, width), pixel(offsetY, surface.clientHeight, height)];
    return { patch: Math.floor(y / this.side) * this.cutting.columns + Math.floor(x / this.side) };
  }

  /** @override @param {number} at */
  patchOf(at) {
    const [, width = 1, channels = 1] = this.model.shape;
    const pixel = Math.floor(at / channels);
    return Math.floor(Math.floor(pixel / width) / this.side) * this.cutting.columns + Math.floor((pixel % width) / this.side);
  }

  /** @override @param {ArrayLike<number>} made */
  compare(made) {
    const seen = Array.from(this.clean, (value, at) => (this.covered(at) ? GREY : value));
    if (this.focused) seen.forEach((value, at) => this.patchOf(at) === this.cursor && (seen[at] = (value + 255) / 2));
    this.paint(".ae-hidden-seen", seen);
    this.paint(".ae-hidden-made", made);
  }

  /** @override @returns {Row[]} */
  rows() {
    const [, width = 1, channels = 1] = this.model.shape;
    const made = this.made();
    const rows = Array.from(this.clean, (value, at) => {
      const pixel = Math.floor(at / channels);
      return [Math.floor(pixel / width), pixel % width, value, this.covered(at) ? 1 : 0, made[at] ?? 0];
    });
    return [["row", "column", "value", "hidden", "painted"], ...rows];
  }
}
