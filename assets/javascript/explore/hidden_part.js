// @ts-check
/**
 * For a network that was trained on examples of which a part was hidden: one hides patches oneself, and sees what it makes
 * of them.
 *
 * @import { Looked, Spot } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Section } from "./section.js";

const REST = 150; // milliseconds for which nobody looks at anything else

/** @typedef {{ columns: number, count: number, share: number, value: number, said: string }} Cutting How examples are cut
 * into patches, row by row; the share of them that is hidden at first; what the network sees of a value that is hidden; the
 * name of the sentence that counts them. */

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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {string} content HTML, with `.ae-hidden-seen`, on which one hides.
   * @param {Cutting} cutting
   */
  constructor(place, explorer, model, content, cutting) {
    super(place, explorer, model, "hidden", content);
    this.cutting = cutting;
    const numbers = Array.from({ length: cutting.count }, (_, number) => ({ number, rank: Math.random() }));
    this.order = numbers.sort((one, other) => one.rank - other.rank).map(({ number }) => number);
    this.field("hidden").value = String(cutting.share);
    this.slide("hidden", (share) => this.hide(share));
    this.listen(this.find(".ae-hidden-seen"));
    this.hide(cutting.share);
  }

  /** @param {number} share Of the patches, in an order that stays. */
  hide(share) {
    this.hidden = new Set(this.order.slice(0, Math.round(share * this.cutting.count)));
    this.draw();
  }

  /** @param {HTMLElement} surface */
  listen(surface) {
    surface.addEventListener("pointerdown", (event) => {
      const spot = this.spot(surface, event);
      if (!spot) return;
      surface.setPointerCapture(event.pointerId);
      this.hiding = !this.hidden.has(spot.patch);
      this.turn(spot.patch, this.hiding);
    });
    surface.addEventListener("pointermove", (event) => {
      const spot = event.buttons ? this.spot(surface, event) : undefined;
      if (spot) this.turn(spot.patch, this.hiding);
    });
    surface.addEventListener("keydown", (event) => {
      const { columns, count } = this.cutting;
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      if (by !== undefined) this.cursor = Math.min(Math.max(this.cursor + by, 0), count - 1);
      else if (event.key === " " || event.key === "Enter") this.turn(this.cursor, !this.hidden.has(this.cursor));
      else return;
      event.preventDefault();
      this.draw();
    });
    for (const kind of ["focus", "blur"]) surface.addEventListener(kind, () => this.draw());
  }

  /** Whether the keyboard moves over the patches. */
  get focused() {
    return document.activeElement === this.find(".ae-hidden-seen");
  }

  /**
   * @param {number} number Of a patch.
   * @param {boolean} hide
   */
  turn(number, hide) {
    if (hide === this.hidden.has(number)) return;
    if (hide && this.hidden.size < this.cutting.count - 1) this.hidden.add(number); // something must be seen
    else if (!hide) this.hidden.delete(number);
    this.draw();
  }

  /**
   * Whether a value of an example is hidden.
   *
   * @param {number} at
   */
  covered(at) {
    return this.hidden.has(this.patchOf(at));
  }

  /** @override @param {Looked} looked */
  show({ code, example }) {
    const [nearest] = this.model.codes.nearest(code, 1);
    this.clean = example ?? this.model.examples[nearest?.place ?? 0] ?? [];
    clearTimeout(this.waiting);
    this.waiting = undefined;
    if (this.model.here) this.draw();
    else this.waiting = setTimeout(() => this.rest(), REST); // while one drags, a worker answers what one drags
  }

  rest() {
    this.waiting = undefined;
    this.draw();
  }

  /** What the network makes of it, as it is shown. */
  made() {
    const { model, cutting } = this;
    const seen = model.seen(this.clean).map((value, at) => (this.covered(at) ? cutting.value : value));
    return model.shown(model.network.decode(model.network.encode(seen)));
  }

  /** @override */
  draw() {
    if (!this.clean.length) return;
    const made = this.made();
    this.compare(made);
    const told = { count: this.hidden.size, all: this.cutting.count, error: this.model.error(this.clean, made).toFixed(4) };
    this.find(".ae-hidden-said").textContent = this.word(this.cutting.said, told);
  }

  /** @override */
  again() {
    if (this.waiting === undefined) this.draw();
  }

  /** @override */
  close() {
    clearTimeout(this.waiting);
  }

  /**
   * Which patch a value of an example belongs to.
   *
   * @param {number} _at
   * @returns {number}
   */
  patchOf(_at) {
    return 0;
  }

  /**
   * The patch under a pointer; undefined beside all of them.
   *
   * @param {HTMLElement} _surface
   * @param {PointerEvent} _event
   * @returns {Spot | undefined}
   */
  spot(_surface, _event) {
    return undefined;
  }

  /**
   * Shows what the network sees beside what it makes of it.
   *
   * @param {ArrayLike<number>} _made
   */
  compare(_made) {}
}
