// @ts-check
/**
 * A network to play with: its plane, one code, a drawing, the way between two codes, samples.
 *
 * Whatever is pulled, drawn or dragged becomes a code; `show` decodes it and tells all parts.
 *
 * @import { Exploration } from "../types/explore"
 */
import { alongArc, between } from "./codes.js";
import { Drawing } from "./drawing.js";
import { Refusal, load } from "./model.js";
import { paint } from "./pixels.js";
import { Plane } from "./plane.js";

const UNITS = 16; // sliders for numbers of a code
const STEPS = 9; // pictures on the way between two codes
const SAMPLES = 24;
const NEAR = 5; // held-out examples beside a drawing
const AGAIN = 3000; // milliseconds until a network that was not there is asked for again
const AMONG = 3; // times the usual distance within which a code counts as among the data
const BEYOND = 10; // times the usual distance from which it counts as far from all data

export class Explorer {
  closed = false;
  /** @type {import("./model.js").Model | undefined} */
  model;
  /** @type {Plane | undefined} */
  plane;
  /** @type {Drawing | undefined} */
  drawing;
  /**
   * The code that is looked at.
   *
   * @type {Float32Array}
   */
  code = new Float32Array();
  /**
   * Both ends of the way.
   *
   * @type {Float32Array[]}
   */
  pair = [];
  /** @type {number[]} */
  units = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  again;

  /**
   * @param {HTMLElement} root
   * @param {Exploration} wanted
   * @param {string} base Address of the app.
   */
  constructor(root, wanted, base) {
    this.root = root;
    this.wanted = wanted;
    this.base = base;
    root.innerHTML = PARTS;
    for (const place of root.querySelectorAll("[data-word]")) {
      place.textContent = wanted.words[place.getAttribute("data-word") ?? ""] ?? "";
    }
    for (const place of root.querySelectorAll("[data-title]")) {
      const word = wanted.words[place.getAttribute("data-title") ?? ""] ?? "";
      place.setAttribute("aria-label", word);
      place.setAttribute("title", word);
    }
    this.begin();
  }

  async begin() {
    const { wanted } = this;
    try {
      const tell = (/** @type {number} */ share) => this.say(`${wanted.words["reading"]} ${Math.round(100 * share)} %`);
      tell(0);
      const model = await load(wanted, this.base, tell);
      if (this.closed) return;
      this.model = model;
      this.say("");
      this.root.classList.add("ae-ready");
      this.set();
    } catch (error) {
      if (this.closed) return;
      const why = error instanceof Refusal && !error.later ? `${wanted.words["refused"]} ${error.message}` : "";
      this.say(why || (error instanceof Refusal ? error.message : (wanted.words["lost"] ?? "")));
      if (!(error instanceof Refusal)) console.warn(error);
      const later = !(error instanceof Refusal) || error.later;
      if (later) this.again = setTimeout(() => void this.begin(), AGAIN);
    }
  }

  set() {
    const { model, wanted } = this;
    if (!model) return;
    const grey = (wanted.shape[2] ?? 1) === 1;
    this.find(".ae-draw-part").hidden = !grey;
    this.plane = new Plane(this.find(".st-key-plane"), model, wanted.colours, (code, began) => {
      this.show(code, began);
    });
    if (grey) {
      this.drawing = new Drawing(this.canvas(".ae-canvas"), (began) => this.draw(began));
      this.press("clear", () => this.clear());
      this.press("erase", (button) => {
        if (!this.drawing) return;
        this.drawing.erasing = !this.drawing.erasing;
        button.setAttribute("aria-pressed", String(this.drawing.erasing));
      });
      this.press("take", () => this.take());
    }
    this.setUnits();
    this.press("from", () => this.setEnd(0));
    this.press("to", () => this.setEnd(1));
    this.input("share", (value) => this.goBetween(Number(value) / 100));
    this.press("sample", () => this.sample());
    this.input("temperature", () => this.sample());
    this.pair = [model.codes.at(0).slice(), model.codes.at(this.unlike(0)).slice()];
    this.drawWay();
    this.sample();
    this.show(model.codes.at(0).slice(), performance.now());
  }

  /**
   * Shows a code everywhere.
   *
   * @param {Float32Array} code
   * @param {number} began When the person did what led to it.
   */
  show(code, began) {
    const { model } = this;
    if (!model) return;
    this.code = code;
    const picture = this.canvas(".ae-decoded-picture");
    paint(picture, model.picture(code), model.shape);
    this.plane?.mark(code);
    const [nearest] = model.codes.nearest(code, 1);
    const far = (nearest?.distance ?? 0) / (model.codes.usual || 1);
    const word = far <= AMONG ? "among" : far < BEYOND ? "edge" : "beyond";
    const said = (this.wanted.words[word] ?? "").replace("{distance}", (nearest?.distance ?? 0).toPrecision(2));
    this.find(".ae-decoded-said").textContent = said;
    if (nearest) paint(this.canvas(".ae-decoded-nearest"), model.pictures[nearest.place] ?? [], model.shape);
    this.units.forEach((unit, at) => {
      const slider = this.root.querySelectorAll(".ae-unit input")[at];
      if (slider instanceof HTMLInputElement && slider !== document.activeElement) slider.value = String(code[unit]);
    });
    const place = this.find(".st-key-decoded [data-code]");
    place.dataset["code"] = [...code].map((value) => value.toPrecision(6)).join(",");
    place.dataset["milliseconds"] = (performance.now() - began).toFixed(1);
  }

  /** Sliders for the numbers of a code, those that are used most first. */
  setUnits() {
    const { model } = this;
    if (!model) return;
    const { spread, low, high, size } = model.codes;
    const order = Array.from({ length: size }, (_, at) => at).sort((a, b) => (spread[b] ?? 0) - (spread[a] ?? 0));
    this.units = order.slice(0, UNITS);
    const sliders = this.units.map((unit) => {
      const label = document.createElement("label");
      label.className = "ae-unit";
      const name = document.createElement("span");
      name.textContent = (this.wanted.words["unit"] ?? "").replace("{number}", String(unit + 1));
      const slider = document.createElement("input");
      const [bottom, top] = [low[unit] ?? -1, high[unit] ?? 1];
      const room = top > bottom ? 0.2 * (top - bottom) : 1;
      Object.assign(slider, { type: "range", min: bottom - room, max: top + room, step: (top - bottom || 1) / 200 });
      slider.addEventListener("input", (event) => {
        const code = this.code.slice();
        code[unit] = Number(slider.value);
        this.show(code, event.timeStamp);
      });
      label.append(name, slider);
      return label;
    });
    this.find(".st-key-code_units .ae-units").replaceChildren(...sliders);
  }

  /** @param {number} began */
  draw(began) {
    const { model, drawing } = this;
    if (!model || !drawing) return;
    const [height = 1, width = 1] = model.shape;
    const fitted = drawing.fitted(height, width, model.habit);
    const code = model.code(fitted);
    const made = model.picture(code);
    paint(this.canvas(".ae-drawn-fitted"), fitted, model.shape);
    paint(this.canvas(".ae-drawn-made"), made, model.shape);
    const error = model.error(fitted, made);
    this.find(".ae-drawn-said").textContent = (this.wanted.words["error"] ?? "").replace("{error}", error.toFixed(4));
    const near = model.codes.nearest(code, NEAR);
    const names = near.map(({ place }) => this.wanted.class_names[model.labels[place] ?? 0] ?? "");
    this.find(".ae-drawn-near").querySelectorAll("figure").forEach((figure, at) => {
      const canvas = figure.querySelector("canvas");
      const one = near[at];
      if (canvas && one) paint(canvas, model.pictures[one.place] ?? [], model.shape);
      const caption = figure.querySelector("figcaption");
      if (caption) caption.textContent = names[at] ?? "";
    });
    this.show(code, began);
    const place = this.find(".st-key-drawn [data-code]");
    place.dataset["code"] = [...code].map((value) => value.toPrecision(6)).join(",");
    place.dataset["milliseconds"] = (performance.now() - began).toFixed(1);
  }

  clear() {
    this.drawing?.clear();
    for (const kind of [".ae-drawn-fitted", ".ae-drawn-made"]) this.canvas(kind).getContext("2d")?.clearRect(0, 0, 999, 999);
    this.find(".ae-drawn-said").textContent = "";
  }

  /** Takes a held-out example to the canvas, another one each time. */
  take() {
    const { model, drawing } = this;
    if (!model || !drawing) return;
    this.taken = ((this.taken ?? -1) + 1) % model.pictures.length;
    const small = document.createElement("canvas");
    paint(small, model.pictures[this.taken] ?? [], model.shape);
    drawing.take(small);
    this.draw(performance.now());
  }

  /** @type {number | undefined} */
  taken;

  /**
   * An example of another class, or simply another one.
   *
   * @param {number} place
   */
  unlike(place) {
    const labels = this.model?.labels ?? new Uint8Array();
    const found = labels.findIndex((label) => label !== labels[place]);
    return found < 0 ? 1 : found;
  }

  /** @param {0 | 1} end */
  setEnd(end) {
    this.pair[end] = this.code.slice();
    this.drawWay();
  }

  /**
   * A code on the way.
   *
   * @param {number} share
   */
  onTheWay(share) {
    const [from, to] = this.pair;
    if (!from || !to) return this.code;
    const arc = this.root.querySelector("input[name=arc]");
    const round = arc instanceof HTMLInputElement && arc.checked;
    return round ? alongArc(from, to, share) : between(from, to, share);
  }

  drawWay() {
    const { model } = this;
    const [from, to] = this.pair;
    if (!model || !from || !to) return;
    const codes = Array.from({ length: STEPS }, (_, at) => this.onTheWay(at / (STEPS - 1)));
    this.plane?.drawWay(codes);
    const all = new Float32Array(STEPS * model.codes.size);
    codes.forEach((code, at) => all.set(code, at * model.codes.size));
    const [first, last] = [model.picture(from), model.picture(to)];
    const strips = [model.pictures_of(all), codes.map((_, at) => first.map((v, i) => v + (at / (STEPS - 1)) * ((last[i] ?? 0) - v)))];
    strips.forEach((pictures, row) => this.fill(`.ae-strip-${row}`, pictures));
  }

  /** @param {number} share */
  goBetween(share) {
    this.show(this.onTheWay(share), performance.now());
  }

  /** Draws codes from a normal distribution fitted to those of the examples. */
  sample() {
    const { model } = this;
    if (!model) return;
    const { mean, size } = model.codes;
    const heat = Number(this.field("temperature").value);
    const directions = (this.axes ??= model.codes.directions(Math.min(size, 32)));
    this.scales ??= directions.map((one) => Math.sqrt(Math.max(0, this.along(one))));
    const codes = new Float32Array(SAMPLES * size);
    for (let at = 0; at < SAMPLES; at++) {
      const code = mean.slice();
      directions.forEach((one, number) => {
        const off = heat * normal() * (this.scales?.[number] ?? 0);
        one.forEach((value, place) => (code[place] = (code[place] ?? 0) + off * value));
      });
      codes.set(code, at * size);
    }
    this.fill(".ae-samples", model.pictures_of(codes));
  }

  /** @type {Float32Array[] | undefined} */
  axes;
  /** @type {number[] | undefined} */
  scales;

  /** @param {Float32Array} direction */
  along(direction) {
    const { model } = this;
    if (!model) return 0;
    const stretched = model.codes.stretched(direction);
    return stretched.reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0) / model.codes.count;
  }

  /**
   * Fills a row with pictures.
   *
   * @param {string} place
   * @param {ArrayLike<number>[]} pictures
   */
  fill(place, pictures) {
    const row = this.find(place);
    while (row.childElementCount < pictures.length) row.append(document.createElement("canvas"));
    pictures.forEach((bytes, at) => {
      const canvas = row.children[at];
      if (canvas instanceof HTMLCanvasElement) paint(canvas, bytes, this.model?.shape ?? []);
    });
  }

  /** @param {string} sentence */
  say(sentence) {
    this.find(".ae-explore-said").textContent = sentence;
  }

  /**
   * @param {string} name
   * @param {(button: HTMLElement) => void} action
   */
  press(name, action) {
    const button = this.find(`button[name=${name}]`);
    button.addEventListener("click", () => action(button));
  }

  /**
   * @param {string} name
   * @param {(value: string) => void} action
   */
  input(name, action) {
    this.field(name).addEventListener("input", () => action(this.field(name).value));
    const arc = this.root.querySelector("input[name=arc]");
    if (name === "share") arc?.addEventListener("change", () => this.drawWay());
  }

  /** @param {string} name */
  field(name) {
    const found = this.find(`input[name=${name}]`);
    if (!(found instanceof HTMLInputElement)) throw new Error(`There is no field ${name}.`);
    return found;
  }

  /** @param {string} selector */
  canvas(selector) {
    const found = this.find(selector);
    if (!(found instanceof HTMLCanvasElement)) throw new Error(`There is no canvas ${selector}.`);
    return found;
  }

  /**
   * @param {string} selector
   * @returns {HTMLElement}
   */
  find(selector) {
    const found = this.root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}.`);
    return found;
  }

  close() {
    this.closed = true;
    clearTimeout(this.again);
    this.plane?.close();
  }
}

/** A number from the standard normal distribution: Box and Muller's way. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const PARTS = `
  <p class="ae-explore-said" role="status"></p>
  <div class="ae-explore-parts">
    <section class="ae-part ae-plane-part">
      <h3 data-word="plane"></h3>
      <div class="st-key-plane" role="img" data-title="plane_help"></div>
      <p class="ae-note" data-word="plane_note"></p>
    </section>
    <section class="ae-part ae-decoded-part">
      <h3 data-word="decoded"></h3>
      <div class="st-key-decoded"><div data-code="" data-milliseconds="">
        <canvas class="ae-decoded-picture"></canvas>
        <p class="ae-decoded-said"></p>
        <figure><canvas class="ae-decoded-nearest"></canvas><figcaption data-word="nearest"></figcaption></figure>
      </div></div>
      <div class="st-key-code_units"><h3 data-word="units"></h3><div class="ae-units"></div></div>
    </section>
    <section class="ae-part ae-draw-part">
      <h3 data-word="draw"></h3>
      <div class="st-key-canvas"><canvas class="ae-canvas" data-title="draw_help"></canvas></div>
      <div class="ae-buttons">
        <button type="button" name="clear" data-word="clear"></button>
        <button type="button" name="erase" aria-pressed="false" data-word="erase"></button>
        <button type="button" name="take" data-word="take"></button>
      </div>
      <div class="st-key-drawn"><div data-code="" data-milliseconds="">
        <div class="ae-drawn-pair">
          <figure><canvas class="ae-drawn-fitted"></canvas><figcaption data-word="fitted"></figcaption></figure>
          <figure><canvas class="ae-drawn-made"></canvas><figcaption data-word="made"></figcaption></figure>
        </div>
        <p class="ae-drawn-said"></p>
        <h4 data-word="near"></h4>
        <div class="ae-drawn-near">
          ${"<figure><canvas></canvas><figcaption></figcaption></figure>".repeat(NEAR)}
        </div>
      </div></div>
    </section>
    <section class="ae-part ae-between-part st-key-between">
      <h3 data-word="between"></h3>
      <div class="ae-buttons">
        <button type="button" name="from" data-word="from"></button>
        <button type="button" name="to" data-word="to"></button>
        <label><input type="checkbox" name="arc"> <span data-word="arc"></span></label>
        <input type="range" name="share" min="0" max="100" value="0" data-title="share">
      </div>
      <div class="ae-strip"><span data-word="codes_way"></span><div class="ae-strip-0"></div></div>
      <div class="ae-strip"><span data-word="pixels_way"></span><div class="ae-strip-1"></div></div>
    </section>
    <section class="ae-part ae-sample-part">
      <h3 data-word="samples"></h3>
      <div class="ae-buttons">
        <button type="button" name="sample" data-word="sample"></button>
        <label><span data-word="temperature"></span> <input type="range" name="temperature" min="0" max="2" step="0.05" value="1"></label>
      </div>
      <div class="ae-samples"></div>
      <p class="ae-note" data-word="sample_note"></p>
    </section>
  </div>
`;
