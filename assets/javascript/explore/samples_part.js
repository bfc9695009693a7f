// @ts-check
/**
 * Codes drawn at random, decoded; and a walk from one to the next, on which the whole page looks at what lies between.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { byKeys } from "./by_keys.js";
import { drawn, mixture } from "./mixture.js";
import { normals } from "./random.js";
import { Section } from "./section.js";
import { alongArc, between } from "./ways.js";

const COUNT = 24;
const STRIDE = 1600; // milliseconds from one sample to the next
const FRAME = 1000 / 30;

const CONTENT = `
  <div class="ae-tools">
    <button type="button" name="sample" data-word="sample"></button>
    <label><span data-word="temperature"></span>
      <input type="range" name="temperature" min="0" max="2" step="0.05" value="1"></label>
    <button type="button" name="walk" aria-pressed="false" data-word="walk" data-title="walk_help"></button>
  </div>
  <div class="ae-samples"></div>
  <p class="ae-key"></p>
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
   * A number of chance for each, which says from which distribution of a mixture it comes.
   *
   * @type {number[]}
   */
  chances = [];
  /** @type {import("./mixture.js").Cloud[]} */
  clouds = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  walking;
  /** How many samples the walk has passed. */
  passed = 0;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "samples", CONTENT);
    this.find(".ae-samples-note").textContent = this.word(model.prior ? "prior_note" : "sample_note");
    this.fit();
    this.press("sample", () => this.sample());
    this.press("walk", () => (this.walking === undefined ? this.walk() : this.halt()));
    this.slide("temperature", () => this.warm());
    this.find(".ae-samples").addEventListener("click", ({ target, timeStamp }) => {
      const code = target instanceof Node ? this.codes[[...this.find(".ae-samples").childNodes].indexOf(/** @type {ChildNode} */ (target))] : undefined;
      if (code) explorer.show({ code: code.slice(), began: timeStamp });
    });
    byKeys(this.find(".ae-samples"), this.word("samples"));
    this.sample();
  }

  sample() {
    this.numbers = Array.from({ length: COUNT }, () => normals(this.model.codes.size));
    this.chances = this.numbers.map(() => Math.random());
    this.warm();
  }

  /** The same samples at the temperature that is chosen. */
  warm() {
    const heat = Number(this.field("temperature").value);
    this.codes = this.numbers.map((numbers, at) =>
      this.model.prior ? numbers.map((number) => heat * number) : drawn(this.clouds, this.chances[at] ?? 0, numbers, heat),
    );
    this.again();
  }

  fit() {
    const { codes, prior } = this.model;
    this.clouds = prior ? [] : mixture(codes.values, codes.size);
  }

  /** Goes from sample to sample, round and round: smoothly, or step by step for whoever wants little to move. */
  walk() {
    this.find("button[name=walk]").setAttribute("aria-pressed", "true");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let before = performance.now();
    const go = () => {
      const now = performance.now();
      this.passed += calm ? 1 : Math.min((now - before) / STRIDE, 0.25); // a page that was hidden leaps over nothing
      before = now;
      const [from, to] = [0, 1].map((more) => this.codes[(Math.floor(this.passed) + more) % COUNT]);
      const way = this.model.prior ? alongArc : between;
      if (from && to) this.explorer.tell({ code: calm ? from.slice() : way(from, to, this.passed % 1), began: now });
      this.walking = setTimeout(go, calm ? STRIDE : FRAME);
    };
    go();
  }

  halt() {
    clearTimeout(this.walking);
    this.walking = undefined;
    this.find("button[name=walk]").setAttribute("aria-pressed", "false");
    this.explorer.remember();
  }

  /** @override @param {Looked} looked */
  show({ example, place }) {
    if (this.walking !== undefined && (example || place !== undefined)) this.halt(); // somebody looks at something else
  }

  /** @override */
  close() {
    clearTimeout(this.walking);
  }

  /** @override @param {Model} model */
  renew(model) {
    super.renew(model);
    this.fit();
    this.warm();
  }

  /** @override */
  again() {
    const { codes } = this.model;
    const all = new Float32Array(COUNT * codes.size);
    this.codes.forEach((code, at) => all.set(code, at * codes.size));
    this.fill(".ae-samples", this.model.allDecoded(all));
  }

  /** @override @returns {Row[]} */
  rows() {
    const names = Array.from({ length: this.model.codes.size }, (_, at) => this.word("unit", { number: at + 1 }));
    return [names, ...this.codes.map((code) => [...code])];
  }
}
