// @ts-check
/**
 * One picture on its way through the network: what each layer makes of it, from pixels to code to pixels; and how a unit
 * that one chooses comes to its value, and which held-out images excite it most.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Explanation } from "../network/explain.js"
 * @import { PartOfNetwork } from "../types/network"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { explain } from "../network/explain.js";
import { board } from "./board.js";
import { NEAR } from "./own_part.js";
import { Section } from "./section.js";

const PIXEL = 3; // of the page, for each number of a layer: all are drawn to one scale
const [FEW, LARGE] = [64, 16]; // up to so many numbers are drawn larger, so that a finger hits one
const TALL = 96; // pixels of the page, as high as few numbers become
const LOOKED_AT = 200; // held-out images among which those are sought that excite a unit most
const TOLD = 3; // inputs that are named on each side
const WAIT = 120; // milliseconds until what is dragged over goes through all layers
/** Layers that begin a decoder with the code. */
const CODE = new Set(["Input", "NearestEntry"]);
/** Layers that only hand on what they are given. */
const SILENT = new Set(["Reshape", "Slice", "Cropping", "Padding", "Concatenation", "Permutation", "Repetition"]);
/** What is shown of a network within the network, `block/layer`: what it hands on, and what is read each way. */
const WITHIN = new Set(["Addition", "Recurrent"]);

const CONTENT = `
  <p class="ae-note" data-word="layers_note"></p>
  <div class="ae-layers"></div>
  <div class="ae-unit-explained" hidden>
    <p class="ae-unit-said" role="status"></p>
    <p class="ae-unit-sum"></p>
    <div class="ae-unit-pictures">
      <figure><canvas class="ae-unit-weights"></canvas><figcaption data-word="unit_weights"></figcaption></figure>
      <figure><canvas class="ae-unit-inputs"></canvas><figcaption data-word="unit_inputs"></figcaption></figure>
      <figure><canvas class="ae-unit-votes"></canvas><figcaption data-word="unit_votes"></figcaption></figure>
      <div><h4 data-word="unit_excited"></h4><div class="ae-near ae-unit-excited"></div></div>
    </div>
  </div>`;

/** @typedef {{ part: PartOfNetwork, decodes: boolean, place: number, outputs: Float32Array[], shape: number[], canvas: HTMLCanvasElement }} Shown */

export class LayersPart extends Section {
  /** @type {Shown[]} */
  shown = [];
  /**
   * The unit that is explained.
   *
   * @type {{ layer: number, unit: number } | undefined}
   */
  chosen;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;
  /** @type {ArrayLike<number>} */
  example = [];

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model Whose network computes here.
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "layers", CONTENT);
    const { encoder, decoder } = model.network.description;
    const row = this.find(".ae-layers");
    for (const part of [encoder, decoder]) {
      part.layers.forEach((layer, at) => {
        const repeated = part === decoder && CODE.has(layer.type); // the code, which the encoder has just made
        if (repeated || (SILENT.has(layer.type) && layer.activation === "linear")) return;
        if (layer.name.includes("/") && !WITHIN.has(layer.type)) return;
        this.shown.push({ part, decodes: part === decoder, place: at, outputs: [], shape: layer.shape, canvas: this.layer(row, layer.name, layer.shape) });
      });
    }
    this.shown.forEach((one, at) => this.listen(one, at));
  }

  /**
   * @param {HTMLElement} row
   * @param {string} name
   * @param {number[]} shape
   */
  layer(row, name, shape) {
    const figure = row.appendChild(document.createElement("figure"));
    const canvas = figure.appendChild(document.createElement("canvas"));
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", this.word("layers_help", { name: this.called(name) }));
    figure.appendChild(document.createElement("figcaption")).textContent = `${this.called(name)} ${shape.join("×")}`;
    return canvas;
  }

  /**
   * What a layer is called here: what makes pixels of pictures makes values of all else.
   *
   * @param {string} name Keras's.
   */
  called(name) {
    return name === "pixels" ? this.word("pixels_way") : name;
  }

  /**
   * @param {Shown} one
   * @param {number} at
   */
  listen(one, at) {
    const { canvas } = one;
    const count = one.shape.reduce((product, length) => product * length, 1);
    canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const unit = board(one.shape).unitAt((offsetX / canvas.clientWidth) * canvas.width, (offsetY / canvas.clientHeight) * canvas.height);
      if (unit !== undefined && unit < count) this.chooseUnit(at, unit);
    });
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const current = this.chosen?.layer === at ? this.chosen.unit + by : 0;
      this.chooseUnit(at, (current + count) % count);
    });
  }

  /** @override @param {Model} model */
  renew(model) {
    const { encoder, decoder } = model.network.description;
    for (const one of this.shown) one.part = one.decodes ? decoder : encoder;
    super.renew(model);
    if (this.chosen) this.excite(this.chosen.layer, this.chosen.unit);
  }

  /** @override @param {Looked} looked */
  show({ code, example }) {
    const [nearest] = this.model.codes.nearest(code, 1);
    this.example = example ?? this.model.examples[nearest?.place ?? 0] ?? [];
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), WAIT);
  }

  /** @override */
  draw() {
    if (!this.example.length) return;
    const { network } = this.model;
    const { encoder, decoder } = network.description;
    const encoded = network.run(encoder, network.exampleSize, this.model.seen(this.example), 1);
    const decoded = network.run(decoder, network.codeSize, encoded.at(-1) ?? new Float32Array(), 1);
    for (const one of this.shown) {
      one.outputs = one.decodes ? decoded : encoded;
      const chosen = this.chosen && this.shown[this.chosen.layer] === one ? this.chosen.unit : undefined;
      const values = one.outputs[one.place] ?? new Float32Array();
      board(one.shape).paint(one.canvas, values, values.length > FEW ? PIXEL : Math.min(LARGE, Math.floor(TALL / values.length) + PIXEL), chosen);
    }
    if (this.chosen) this.tell(this.chosen.layer, this.chosen.unit);
  }

  /**
   * @param {number} layer
   * @param {number} unit
   */
  chooseUnit(layer, unit) {
    this.chosen = { layer, unit };
    this.draw();
    this.excite(layer, unit);
  }

  /** @returns {Explanation | undefined} */
  get explanation() {
    const one = this.chosen && this.shown[this.chosen.layer];
    return one && this.chosen && explain(this.model.network, one.part, one.outputs, one.place, this.chosen.unit);
  }

  /**
   * @param {number} layer
   * @param {number} unit
   */
  tell(layer, unit) {
    const one = this.shown[layer];
    if (!one) return;
    const { explanation } = this;
    const name = this.called(one.part.layers[one.place]?.name ?? "");
    const value = (one.outputs[one.place]?.[unit] ?? 0).toPrecision(3);
    this.find(".ae-unit-explained").hidden = false;
    this.find(".ae-unit-said").textContent = this.word("unit_said", { name, unit: unit + 1, value });
    this.find(".ae-unit-sum").textContent = explanation ? this.sum(explanation) : this.word("unit_without");
    const figures = this.root.querySelectorAll(".ae-unit-pictures figure");
    for (const figure of figures) if (figure instanceof HTMLElement) figure.hidden = !explanation;
    if (!explanation) return;
    const { weights, inputs, shape } = explanation;
    const votes = weights.map((weight, at) => weight * (inputs[at] ?? 0));
    const looks = this.lookOf(shape, weights.length);
    for (const [kind, values] of /** @type {[string, Float32Array][]} */ ([["weights", weights], ["inputs", inputs], ["votes", votes]])) {
      board(looks).paint(this.canvas(`.ae-unit-${kind}`), values, PIXEL);
    }
  }

  /**
   * The shape in which inputs are drawn: that of a picture where they are its pixels.
   *
   * @param {number[]} shape
   * @param {number} count
   */
  lookOf(shape, count) {
    return shape.length === 1 && count === this.model.network.exampleSize ? this.model.shape : shape;
  }

  /** @param {Explanation} explanation */
  sum({ weights, inputs, bias, sum, value, activation }) {
    const votes = Array.from(weights, (weight, at) => ({ at, weight, input: inputs[at] ?? 0, vote: weight * (inputs[at] ?? 0) }));
    votes.sort((one, other) => other.vote - one.vote);
    const named = (/** @type {typeof votes} */ some) =>
      some.map(({ at, weight, input }) => `${weight.toFixed(2)}·${input.toFixed(2)} [${at + 1}]`).join(" + ") || "–";
    return this.word("unit_sum", {
      for: named(votes.slice(0, TOLD).filter(({ vote }) => vote > 0)),
      against: named(votes.slice(-TOLD).reverse().filter(({ vote }) => vote < 0)),
      weighted: (sum - bias).toPrecision(3),
      bias: bias.toPrecision(3),
      sum: sum.toPrecision(3),
      activation,
      value: value.toPrecision(3),
    });
  }

  /**
   * Looks for the held-out images that excite a unit most.
   *
   * @param {number} layer
   * @param {number} unit
   */
  excite(layer, unit) {
    const { model } = this;
    const one = this.shown[layer];
    if (!one) return;
    const { network, codes, examples } = model;
    const values = examples.slice(0, LOOKED_AT).map((example, place) => {
      const input = one.decodes ? codes.at(place) : model.seen(example);
      return { place, value: network.run(one.part, input.length, input, 1)[one.place]?.[unit] ?? 0 };
    });
    values.sort((first, second) => second.value - first.value);
    const near = values.slice(0, NEAR).map(({ place, value }) => ({ example: examples[place] ?? [], name: value.toPrecision(2) }));
    this.figures(".ae-unit-excited", near);
  }

  /** @override @returns {Row[]} */
  rows() {
    const rows = this.shown.flatMap(({ part, place, outputs }) =>
      Array.from(outputs[place] ?? [], (value, unit) => [part.layers[place]?.name ?? "", unit + 1, value]),
    );
    return [["layer", "unit", "value"], ...rows];
  }

  /** @override */
  close() {
    clearTimeout(this.waiting);
  }
}
