// @ts-check
/**
 * Codes drawn at random, decoded.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { normals } from "./random.js";
import { Section } from "./section.js";

const COUNT = 24;

const CONTENT = `
  <div class="ae-tools">
    <button type="button" name="sample" data-word="sample"></button>
    <label><span data-word="temperature"></span>
      <input type="range" name="temperature" min="0" max="2" step="0.05" value="1"></label>
  </div>
  <div class="ae-samples"></div>
  <p class="ae-note ae-samples-note"></p>`;

export class SamplesPart extends Section {
  /** @type {Float32Array[]} */
  codes = [];
  /**
   * Numbers of chance that they were made of.
   *
   * @type {Float32Array[]}
   */
  numbers = [];

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "samples", CONTENT);
    this.find(".ae-samples-note").textContent = this.word(model.prior ? "prior_note" : "sample_note");
    this.press("sample", () => this.sample());
    this.slide("temperature", () => this.warm());
    this.find(".ae-samples").addEventListener("click", ({ target, timeStamp }) => {
      const code = target instanceof Node ? this.codes[[...this.find(".ae-samples").childNodes].indexOf(/** @type {ChildNode} */ (target))] : undefined;
      if (code) explorer.show({ code: code.slice(), began: timeStamp });
    });
    this.sample();
  }

  sample() {
    const { codes, prior } = this.model;
    this.numbers = Array.from({ length: COUNT }, () => normals(prior ? codes.size : codes.count));
    this.warm();
  }

  /** The same samples at the temperature that is chosen. */
  warm() {
    const { codes, prior } = this.model;
    const heat = Number(this.field("temperature").value);
    this.codes = this.numbers.map((numbers) => (prior ? numbers.map((number) => heat * number) : codes.sampled(heat, numbers)));
    this.again();
  }

  /** @override @param {Model} model */
  renew(model) {
    super.renew(model);
    this.warm();
  }

  /** @override */
  again() {
    const { codes, shape } = this.model;
    const all = new Float32Array(COUNT * codes.size);
    this.codes.forEach((code, at) => all.set(code, at * codes.size));
    this.fill(".ae-samples", this.model.pictures_of(all), shape);
  }

  /** @override @returns {Row[]} */
  rows() {
    const names = Array.from({ length: this.model.codes.size }, (_, at) => this.word("unit", { number: at + 1 }));
    return [names, ...this.codes.map((code) => [...code])];
  }
}
