// @ts-check
/**
 * For a network that was trained to mend: a damaged picture and the mended one, and how the error grows with the noise,
 * beyond that of the training too.
 *
 * @import { Looked, Noise, Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { damaged } from "./noise.js";
import { normals } from "./random.js";
import { Section } from "./section.js";

const LEVELS = 11; // of noise, 0 to 1
const EXAMPLES = 40; // whose errors are averaged
const [WIDTH, HEIGHT] = [300, 150]; // of the drawing, in its own units
const [GREY, BLUE] = ["#8a8f98", "#3b8fd6"]; // seen on white and on near-black
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 20, 26]; // room around the curves

const CONTENT = `
  <div class="ae-tools">
    <label><span data-word="noise_factor"></span>
      <input type="range" name="factor" min="0" max="1" step="0.02"> <output class="ae-noise-factor"></output></label>
    <button type="button" name="other" data-word="other_noise"></button>
  </div>
  <div class="ae-noise-three">
    <figure><canvas class="ae-noise-clean"></canvas><figcaption data-word="clean"></figcaption></figure>
    <figure><canvas class="ae-noise-damaged"></canvas><figcaption data-word="damaged"></figcaption></figure>
    <figure><canvas class="ae-noise-mended"></canvas><figcaption data-word="mended"></figcaption></figure>
  </div>
  <p class="ae-key"></p>
  <p class="ae-noise-said"></p>
  <div class="ae-noise-curve" role="img" data-title="noise_curve"></div>
  <p class="ae-note" data-word="noise_note"></p>`;

/** @typedef {{ factor: number, damaged: number, mended: number }} Level Mean squared errors at a strength of the noise. */

export class NoisePart extends Section {
  /** @type {Level[]} */
  levels = [];
  /** @type {ArrayLike<number>} */
  clean = [];

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {Noise} noise
   */
  constructor(place, explorer, model, noise) {
    super(place, explorer, model, "noise", CONTENT);
    this.noise = noise;
    this.numbers = normals(model.network.exampleSize);
    this.field("factor").value = String(noise.factor);
    this.slide("factor", () => this.mend());
    this.press("other", () => {
      this.numbers = normals(model.network.exampleSize);
      this.mend();
    });
    this.measuring = setTimeout(() => this.measure(0));
  }

  /** @override @param {Model} model */
  renew(model) {
    super.renew(model);
    clearTimeout(this.measuring);
    this.levels = [];
    this.mend();
    this.measuring = setTimeout(() => this.measure(0));
  }

  /** @override @param {Looked} looked */
  show({ code, example }) {
    const [nearest] = this.model.codes.nearest(code, 1);
    this.clean = example ?? this.model.examples[nearest?.place ?? 0] ?? [];
    this.mend();
  }

  /**
   * A picture that was damaged, and what the network makes of it.
   *
   * @param {ArrayLike<number>} clean
   * @param {Float32Array} numbers
   * @param {number} factor
   */
  mended(clean, numbers, factor) {
    const { network } = this.model;
    const hit = damaged(this.model.seen(clean), numbers, this.noise, factor);
    return { hit: this.model.shown(hit), mended: this.model.shown(network.decode(network.encode(hit))) };
  }

  mend() {
    const { clean, model } = this;
    const factor = Number(this.field("factor").value);
    const { hit, mended } = this.mended(clean, this.numbers, factor);
    this.paint(".ae-noise-clean", clean);
    this.paint(".ae-noise-damaged", hit);
    this.paint(".ae-noise-mended", mended);
    this.label(".ae-noise-three", [
      { example: clean, name: this.word("clean") },
      { example: hit, name: this.word("damaged") },
      { example: mended, name: this.word("mended") },
    ]);
    const errors = { before: model.error(clean, hit).toFixed(4), after: model.error(clean, mended).toFixed(4) };
    this.find(".ae-noise-said").textContent = this.word("noise_said", errors);
    this.find(".ae-noise-factor").textContent = factor.toFixed(2);
    this.drawCurve();
  }

  /**
   * Measures a level after the other; between them the page may do something else.
   *
   * @param {number} number
   */
  measure(number) {
    const { model } = this;
    const factor = number / (LEVELS - 1);
    const examples = model.examples.slice(0, EXAMPLES);
    const level = { factor, damaged: 0, mended: 0 };
    for (const clean of examples) {
      const { hit, mended } = this.mended(clean, normals(model.network.exampleSize), factor);
      level.damaged += model.error(clean, hit) / examples.length;
      level.mended += model.error(clean, mended) / examples.length;
    }
    this.levels.push(level);
    if (number + 1 < LEVELS) this.measuring = setTimeout(() => this.measure(number + 1));
    else this.drawCurve();
  }

  drawCurve() {
    if (this.levels.length < LEVELS) return;
    const highest = Math.max(...this.levels.flatMap(({ damaged, mended }) => [damaged, mended]), 1e-9);
    const x = (/** @type {number} */ factor) => LEFT + factor * (WIDTH - LEFT - RIGHT);
    const y = (/** @type {number} */ error) => HEIGHT - BOTTOM - (error / highest) * (HEIGHT - TOP - BOTTOM);
    const curve = (/** @type {"damaged" | "mended"} */ kind) =>
      this.levels.map((level) => `${x(level.factor).toFixed(1)},${y(level[kind]).toFixed(1)}`).join(" ");
    const level = HEIGHT - BOTTOM;
    const upright = (/** @type {number} */ factor, /** @type {string} */ look) => `<path d="M${x(factor)} ${TOP}V${level}" ${look}/>`;
    const drawn = (/** @type {"damaged" | "mended"} */ kind, /** @type {string} */ colour) =>
      `<polyline points="${curve(kind)}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    const key = (/** @type {"damaged" | "mended"} */ kind, /** @type {string} */ colour, /** @type {number} */ left) =>
      `<path d="M${left} 6h14" stroke="${colour}" stroke-width="2"/>${written(left + 18, 9, "start", this.word(kind))}`;
    const late = this.noise.factor > 0.6; // then there is more room at the left of its line
    this.find(".ae-noise-curve").innerHTML = [
      `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" fill="none" stroke="currentColor">`,
      `<path d="M${LEFT} ${TOP}V${level}H${WIDTH - RIGHT}" stroke-opacity="0.4"/>`,
      upright(this.noise.factor, 'stroke-dasharray="3 3"'),
      upright(Number(this.field("factor").value), 'stroke-opacity="0.25" stroke-width="3"'),
      drawn("damaged", GREY),
      drawn("mended", BLUE),
      key("damaged", GREY, LEFT),
      key("mended", BLUE, (LEFT + WIDTH) / 2),
      written(x(this.noise.factor) + (late ? -3 : 3), TOP + 6, late ? "end" : "start", this.word("trained_with", { factor: this.noise.factor })),
      ...[0, 0.5, 1].map((factor) => written(x(factor), level + 11, "middle", String(factor))),
      written((LEFT + WIDTH) / 2, HEIGHT - 3, "middle", this.word("noise_factor")),
      written(LEFT - 3, y(highest) + 6, "end", highest.toPrecision(2)),
      written(LEFT - 3, level, "end", "0"),
      "</svg>",
    ].join("");
  }

  /** @override @returns {Row[]} */
  rows() {
    return [["noise_factor", "error_damaged", "error_mended"], ...this.levels.map((one) => [one.factor, one.damaged, one.mended])];
  }

  /** @override */
  close() {
    clearTimeout(this.measuring);
  }
}

/**
 * Text of the drawing.
 *
 * @param {number} x
 * @param {number} y
 * @param {"start" | "middle" | "end"} anchor
 * @param {string} text
 * @param {string} [colour]
 */
function written(x, y, anchor, text, colour = "currentColor") {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="9" stroke="none" fill="${colour}">${text}</text>`;
}
