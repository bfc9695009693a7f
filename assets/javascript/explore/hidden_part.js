// @ts-check
/**
 * For a network that was trained on pictures of which patches were hidden: one hides them oneself, and sees what it
 * paints.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Section } from "./section.js";

const HIDDEN = -1; // what the network sees of a pixel that is hidden: no clean one has it
const GREY = 110; // what a person sees of it
const SHARE = 0.5; // of the patches that are hidden at first

const CONTENT = `
  <div class="ae-tools"><label><span data-word="hidden_share"></span>
    <input type="range" name="hidden" min="0" max="0.95" step="0.05" value="${SHARE}"></label></div>
  <div class="ae-noise-three">
    <figure><canvas class="ae-hidden-seen" tabindex="0" role="application" data-title="hidden_help"></canvas><figcaption data-word="hidden_seen"></figcaption></figure>
    <figure><canvas class="ae-hidden-made"></canvas><figcaption data-word="hidden_made"></figcaption></figure>
  </div>
  <p class="ae-hidden-said"></p>
  <p class="ae-note" data-word="hidden_help"></p>`;

export class HiddenPart extends Section {
  /** @type {ArrayLike<number>} */
  clean = [];
  /**
   * Numbers of the patches that are hidden, row by row.
   *
   * @type {Set<number>}
   */
  hidden = new Set();
  /** Where the keyboard is. */
  cursor = 0;
  /** Whether patches that are dragged over are hidden, or shown. */
  hiding = true;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {number} patch Side of a patch, in pixels.
   */
  constructor(place, explorer, model, patch) {
    super(place, explorer, model, "hidden", CONTENT);
    this.patch = patch;
    const [height = 1, width = 1] = model.shape;
    this.columns = Math.ceil(width / patch);
    this.count = this.columns * Math.ceil(height / patch);
    const numbers = Array.from({ length: this.count }, (_, number) => ({ number, rank: Math.random() }));
    this.order = numbers.sort((one, other) => one.rank - other.rank).map(({ number }) => number);
    this.slide("hidden", (share) => this.hide(share));
    this.listen(this.canvas(".ae-hidden-seen"));
    this.hide(SHARE);
  }

  /** @param {number} share Of the patches, in an order that stays. */
  hide(share) {
    this.hidden = new Set(this.order.slice(0, Math.round(share * this.count)));
    this.draw();
  }

  /** @param {HTMLCanvasElement} surface */
  listen(surface) {
    surface.addEventListener("pointerdown", (event) => {
      surface.setPointerCapture(event.pointerId);
      this.hiding = !this.hidden.has(this.patchAt(surface, event));
      this.turn(this.patchAt(surface, event), this.hiding);
    });
    surface.addEventListener("pointermove", (event) => {
      if (event.buttons) this.turn(this.patchAt(surface, event), this.hiding);
    });
    surface.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns }[event.key];
      if (by !== undefined) this.cursor = Math.min(Math.max(this.cursor + by, 0), this.count - 1);
      else if (event.key === " " || event.key === "Enter") this.turn(this.cursor, !this.hidden.has(this.cursor));
      else return;
      event.preventDefault();
      this.draw();
    });
    for (const kind of ["focus", "blur"]) surface.addEventListener(kind, () => this.draw());
  }

  /**
   * @param {HTMLCanvasElement} surface
   * @param {PointerEvent} event
   */
  patchAt(surface, { offsetX, offsetY }) {
    const [height = 1, width = 1] = this.model.shape;
    const pixel = (/** @type {number} */ at, /** @type {number} */ length, /** @type {number} */ pixels) =>
      Math.floor(Math.min(Math.max(at / length, 0), 0.9999) * pixels);
    const [x, y] = [pixel(offsetX, surface.clientWidth, width), pixel(offsetY, surface.clientHeight, height)];
    return Math.floor(y / this.patch) * this.columns + Math.floor(x / this.patch);
  }

  /**
   * @param {number} number Of a patch.
   * @param {boolean} hide
   */
  turn(number, hide) {
    if (hide === this.hidden.has(number)) return;
    if (hide && this.hidden.size < this.count - 1) this.hidden.add(number); // something must be seen
    else if (!hide) this.hidden.delete(number);
    this.draw();
  }

  /**
   * Which patch a value of an example belongs to.
   *
   * @param {number} at
   */
  patchOf(at) {
    const [, width = 1, channels = 1] = this.model.shape;
    const pixel = Math.floor(at / channels);
    return Math.floor(Math.floor(pixel / width) / this.patch) * this.columns + Math.floor((pixel % width) / this.patch);
  }

  /** @override @param {Looked} looked */
  show({ code, example }) {
    const [nearest] = this.model.codes.nearest(code, 1);
    this.clean = example ?? this.model.examples[nearest?.place ?? 0] ?? [];
    this.draw();
  }

  /** What the network paints, bytes. */
  painted() {
    const { network } = this.model;
    const seen = this.model.seen(this.clean).map((value, at) => (this.hidden.has(this.patchOf(at)) ? HIDDEN : value));
    return this.model.shown(network.decode(network.encode(seen)));
  }

  /** @override */
  draw() {
    const { clean, model } = this;
    if (!clean.length) return;
    const seen = Array.from(clean, (value, at) => (this.hidden.has(this.patchOf(at)) ? GREY : value));
    if (document.activeElement === this.canvas(".ae-hidden-seen")) {
      seen.forEach((value, at) => this.patchOf(at) === this.cursor && (seen[at] = (value + 255) / 2));
    }
    const made = this.painted();
    this.paint(".ae-hidden-seen", seen);
    this.paint(".ae-hidden-made", made);
    const told = { count: this.hidden.size, all: this.count, error: model.error(clean, made).toFixed(4) };
    this.find(".ae-hidden-said").textContent = this.word("hidden_said", told);
  }

  /** @override */
  again() {
    this.draw();
  }

  /** @override @returns {Row[]} */
  rows() {
    const [, width = 1, channels = 1] = this.model.shape;
    const made = this.painted();
    const rows = Array.from(this.clean, (value, at) => {
      const pixel = Math.floor(at / channels);
      return [Math.floor(pixel / width), pixel % width, value, this.hidden.has(this.patchOf(at)) ? 1 : 0, made[at] ?? 0];
    });
    return [["row", "column", "value", "hidden", "painted"], ...rows];
  }
}
