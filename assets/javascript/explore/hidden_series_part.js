// @ts-check
/**
 * Stretches of a series that one hides oneself, channel by channel.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { HiddenPart } from "./hidden_part.js";
import { DRAWN_WIDTH, SeriesLook } from "./series_look.js";
import { ValueModel } from "./value_model.js";

const STRETCHES = 16; // of a channel
const SHARE = 0.25; // of them that are hidden at first

const CONTENT = `
  <div class="ae-tools"><label><span data-word="hidden_share"></span>
    <input type="range" name="hidden" min="0" max="0.95" step="0.05"></label></div>
  <div class="ae-hidden-seen ae-sketch" tabindex="0" role="application" data-title="stretches_help"></div>
  <p class="ae-hidden-said"></p>
  <p class="ae-note" data-word="stretches_help"></p>`;

export class HiddenSeriesPart extends HiddenPart {
  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {SeriesLook} look
   */
  constructor(place, explorer, model, look) {
    const columns = Math.min(STRETCHES, look.values.moments);
    const count = columns * look.channels;
    super(place, explorer, model, CONTENT, { columns, count, share: SHARE, value: 0, said: "stretches_said" });
    this.series = look;
    this.find("h3").textContent = this.word("stretches");
  }

  /**
   * @param {number} moment
   * @param {number} channel
   */
  patch(moment, channel) {
    const { columns } = this.cutting;
    return channel * columns + Math.floor((moment * columns) / this.series.values.moments);
  }

  /** @override @param {HTMLElement} surface @param {PointerEvent} event */
  spot(surface, { clientX, clientY }) {
    const { left, top, width } = surface.getBoundingClientRect();
    const scale = DRAWN_WIDTH / (width || DRAWN_WIDTH);
    const found = this.series.placeAt((clientX - left) * scale, (clientY - top) * scale);
    return found && { patch: this.patch(found.moment, found.channel) };
  }

  /** @override @param {number} at */
  patchOf(at) {
    const { count } = this.series.values;
    return this.patch(Math.floor(at / count), at % count);
  }

  /** @override @param {ArrayLike<number>} made */
  compare(made) {
    const place = this.find(".ae-hidden-seen");
    const seen = Float32Array.from(this.clean, (value, at) => (this.covered(at) ? NaN : value));
    this.series.portray(place, made, seen, (name) => this.word(name), "hidden_seen");
    const cells = [...this.hidden].map((number) => ({ number, look: { fill: "currentColor", "fill-opacity": 0.16 } }));
    const cursor = { number: this.cursor, look: { stroke: "currentColor", "stroke-width": 1.5 } };
    for (const { number, look } of this.focused ? [...cells, cursor] : cells) {
      const { columns } = this.cutting;
      const [channel, stretch] = [Math.floor(number / columns), number % columns];
      this.series.mantle(place, channel, stretch / columns, (stretch + 1) / columns, look);
    }
    this.series.follow(place, this.clean);
  }

  /** @override @returns {Row[]} */
  rows() {
    const { model, clean } = this;
    const { values } = this.series;
    const made = this.made();
    const raw = (/** @type {number} */ value, /** @type {number} */ at) => (Number.isNaN(value) ? "" : values.raw(value, at));
    const rows = Array.from(model instanceof ValueModel ? clean : [], (value, at) => {
      const place = at % values.count;
      const told = [Math.floor(at / values.count), values.name(place), values.titles[place]?.unit ?? ""];
      return [...told, raw(value, at), this.covered(at) ? 1 : 0, raw(made[at] ?? NaN, at)];
    });
    return [["moment", "column", "unit", "value", "hidden", "reconstruction"], ...rows];
  }
}
