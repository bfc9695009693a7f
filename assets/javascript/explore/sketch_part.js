// @ts-check
/**
 * A series that one draws: a line over a channel becomes its values, and the network's answer follows.
 *
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { DRAWN_WIDTH, SeriesLook } from "./series_look.js";
import { ValuePart } from "./value_part.js";

const CONTENT = `
  <div class="ae-tools"><button type="button" name="take" data-word="take"></button></div>
  <div class="st-key-canvas"><div class="ae-sketch" data-title="sketch_help"></div></div>
  <p class="ae-note" data-word="sketch_help"></p>`;

/** @typedef {{ moment: number, channel: number, value: number }} Spot */

export class SketchPart extends ValuePart {
  /** @type {Spot | undefined} */
  last;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "sketch", CONTENT);
    const surface = this.find(".ae-sketch");
    surface.addEventListener("pointerdown", (event) => {
      surface.setPointerCapture(event.pointerId);
      event.preventDefault();
      this.last = this.spot(event);
      this.stroke(event);
    });
    surface.addEventListener("pointermove", (event) => event.buttons && this.stroke(event));
    for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, () => (this.last = undefined));
  }

  /**
   * What a place on the drawing stands for, on the channel that is drawn on.
   *
   * @param {PointerEvent} event
   * @returns {Spot | undefined}
   */
  spot({ clientX, clientY }) {
    const { look } = this.model;
    if (!(look instanceof SeriesLook)) return undefined;
    const { left, top, width } = this.find(".ae-sketch").getBoundingClientRect();
    const scale = DRAWN_WIDTH / (width || DRAWN_WIDTH);
    return look.placeAt((clientX - left) * scale, (clientY - top) * scale, this.last?.channel);
  }

  /** @param {PointerEvent} event */
  stroke(event) {
    const { last } = this;
    const now = this.spot(event);
    if (!last || !now) return;
    const { count } = this.values;
    this.put((series) => {
      const steps = Math.max(1, Math.abs(now.moment - last.moment));
      for (let step = 0; step <= steps; step++) {
        const moment = Math.round(last.moment + (step / steps) * (now.moment - last.moment));
        series[moment * count + now.channel] = last.value + (step / steps) * (now.value - last.value);
      }
    }, event.timeStamp);
    this.last = now;
  }

  /** @override @param {ArrayLike<number>} example @param {ArrayLike<number>} made */
  compare(example, made) {
    this.model.look.portray(this.find(".ae-sketch"), made, example, (name) => this.word(name), "yours");
  }
}
