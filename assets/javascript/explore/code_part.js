// @ts-check
/**
 * One code: what the decoder makes of it, how far it lies from all data, and its numbers to be pulled.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Axis } from "./axis.js"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Section } from "./section.js";

const AMONG = 3; // times the usual distance within which a code counts as among the data
const BEYOND = 10; // times the usual distance from which it counts as far from all data
const ROOM = 0.2; // of the range, beyond it at both ends
const STEPS = 200; // of a slider

const CONTENT = `
  <div class="st-key-decoded"><div data-code="" data-milliseconds="">
    <div class="ae-decoded-pair">
      <figure><canvas class="ae-decoded-picture"></canvas></figure>
      <figure><canvas class="ae-decoded-nearest"></canvas><figcaption data-word="nearest"></figcaption></figure>
    </div>
    <p class="ae-decoded-said"></p>
    <p class="ae-decoded-cloud"></p>
  </div></div>
  <div class="st-key-code_units">
    <h4 data-word="units"></h4>
    <span class="ae-choice ae-tools">
      <button type="button" name="along" value="units" aria-pressed="true" data-word="along_units"></button>
      <button type="button" name="along" value="directions" aria-pressed="false" data-word="along_directions"></button>
    </span>
    <div class="ae-units"></div>
  </div>`;

export class CodePart extends Section {
  /** @type {{ axis: Axis, slider: HTMLInputElement, said: HTMLElement }[]} */
  sliders = [];
  /** @type {number | undefined} When the person did what is seen. */
  since;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "decoded", CONTENT);
    const { units, directions } = model.codes;
    this.find(".st-key-code_units .ae-choice").hidden = !directions.length;
    this.find(".ae-decoded-cloud").hidden = !model.clouded;
    this.choose("along", (kind) => this.offer(this.model.codes[kind === "units" ? "units" : "directions"]));
    this.offer(units);
  }

  /** @override @param {Model} model */
  renew(model) {
    const axes = [...model.codes.units, ...model.codes.directions];
    for (const one of this.sliders) {
      one.axis = axes.find(({ key }) => key === one.axis.key) ?? one.axis; // in the order that they had
      range(one.slider, one.axis);
    }
    super.renew(model);
  }

  /** @param {Axis[]} axes */
  offer(axes) {
    this.sliders = axes.map((axis) => this.slider(axis));
    const rows = this.sliders.map(({ slider, said, axis }) => {
      const label = document.createElement("label");
      label.className = "ae-unit";
      const name = document.createElement("span");
      name.textContent = this.explorer.nameOf(axis);
      label.append(name, slider, said);
      return label;
    });
    this.find(".ae-units").replaceChildren(...rows);
    if (this.explorer.looked.code.length) this.tell(this.explorer.looked.code);
  }

  /** @param {Axis} axis */
  slider(axis) {
    const slider = document.createElement("input");
    slider.type = "range";
    range(slider, axis);
    const one = { axis, slider, said: document.createElement("output") };
    slider.addEventListener("input", ({ timeStamp }) => {
      const code = one.axis.moved(this.explorer.looked.code, Number(slider.value));
      this.explorer.show({ code, began: timeStamp });
    });
    return one;
  }

  /** @param {Float32Array} code */
  tell(code) {
    for (const { axis, slider, said } of this.sliders) {
      const value = axis.value(code);
      if (slider !== document.activeElement) slider.value = String(value);
      said.textContent = value.toFixed(Math.abs(value) < 9.95 ? 1 : 0);
    }
  }

  /** @override @param {Looked} looked */
  show({ code, example, began }) {
    const { model } = this;
    model.network.began = began;
    const decoded = model.decoded(code);
    const { since } = model.network;
    const [nearest] = model.codes.nearest(code, 1);
    const distance = nearest?.distance ?? 0;
    const far = distance / (model.codes.usual || 1);
    const word = far <= AMONG ? "among" : far < BEYOND ? "edge" : "beyond";
    this.find(".ae-decoded-said").textContent = this.word(word, { distance: distance.toPrecision(2) });
    const beside = nearest && model.examples[nearest.place];
    model.look.portray(this.find(".ae-decoded-pair"), decoded, beside, (name) => this.word(name));
    const cloud = example && model.cloud(example);
    const spread = cloud && cloud.deviation.reduce((sum, one) => sum + one / cloud.deviation.length, 0);
    this.find(".ae-decoded-cloud").textContent = spread ? this.word("cloud", { spread: spread.toPrecision(2) }) : "";
    this.tell(code);
    const told = this.find(".st-key-decoded [data-code]");
    told.dataset["code"] = [...code].map((value) => value.toPrecision(6)).join(",");
    if (since === undefined || since === this.since) return; // what is seen is as it was
    this.since = since;
    told.dataset["milliseconds"] = (performance.now() - since).toFixed(1);
  }

  /** @override */
  again() {
    this.show(this.explorer.looked);
  }

  /** @override @returns {Row[]} */
  rows() {
    const { code } = this.explorer.looked;
    const { directions, units } = this.model.codes;
    const rows = [...units, ...directions].map((axis) => [this.explorer.nameOf(axis), axis.value(code), axis.low, axis.high]);
    return [["number", "value", "lowest", "highest"], ...rows];
  }
}

/**
 * Gives a slider the range of an axis.
 *
 * @param {HTMLInputElement} slider
 * @param {Axis} axis
 */
function range(slider, axis) {
  const room = ROOM * (axis.high - axis.low);
  const [min, max] = [axis.low - room, axis.high + room];
  Object.assign(slider, { min, max, step: (max - min) / STEPS });
}
