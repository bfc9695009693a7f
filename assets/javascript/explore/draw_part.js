// @ts-check
/**
 * A picture of one's own: drawn, from a file or a camera, or a held-out example; and what the network makes of it.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Drawing } from "./drawing.js";
import { paint } from "./pixels.js";
import { Section } from "./section.js";

export const NEAR = 5; // held-out examples beside a picture

const CONTENT = `
  <div class="st-key-canvas"><canvas class="ae-canvas" data-title="draw_help"></canvas></div>
  <div class="ae-tools">
    <button type="button" name="clear" data-word="clear"></button>
    <button type="button" name="erase" aria-pressed="false" data-word="erase"></button>
    <button type="button" name="take" data-word="take"></button>
    <button type="button" name="open" data-word="open"></button>
    <button type="button" name="photograph" class="ae-touch" data-word="photograph"></button>
    <input type="file" name="file" accept="image/*" hidden>
    <input type="file" name="camera" accept="image/*" capture="environment" hidden>
  </div>
  <p class="ae-draw-problem" role="status"></p>
  <div class="st-key-drawn"><div data-code="" data-milliseconds="">
    <div class="ae-drawn-pair">
      <figure><canvas class="ae-drawn-fitted"></canvas><figcaption data-word="fitted"></figcaption></figure>
      <figure><canvas class="ae-drawn-made"></canvas><figcaption data-word="made"></figcaption></figure>
    </div>
    <p class="ae-drawn-said"></p>
    <h4 data-word="near"></h4>
    <div class="ae-near ae-drawn-near"></div>
    <h4 data-word="near_pixels"></h4>
    <div class="ae-near ae-drawn-near-pixels"></div>
  </div></div>`;

export class DrawPart extends Section {
  /**
   * What the network sees of it, bytes.
   *
   * @type {Uint8Array | undefined}
   */
  fitted;
  /** When the person did what led to it. */
  began = 0;
  /** @type {number | undefined} When the person did what is seen. */
  since;
  /** Whether the page looks at it, and not at something else that came later. */
  leads = false;
  /** The held-out example that was taken last. */
  taken = -1;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model Of grey pictures.
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "draw", CONTENT);
    this.drawing = new Drawing(this.canvas(".ae-canvas"), (began) => this.changed(began));
    this.press("clear", () => this.clear());
    this.press("erase", (button) => {
      this.drawing.erasing = !this.drawing.erasing;
      button.setAttribute("aria-pressed", String(this.drawing.erasing));
    });
    this.press("take", () => this.take());
    for (const [button, field] of [["open", "file"], ["photograph", "camera"]]) {
      const input = this.field(field ?? "");
      this.press(button ?? "", () => input.click());
      input.addEventListener("change", () => void this.open(input));
    }
    this.clear();
  }

  /** @param {number} began */
  changed(began) {
    const { model } = this;
    const [height = 1, width = 1] = model.shape;
    this.fitted = this.drawing.fitted(height, width, model.habit);
    this.began = began;
    this.leads = true;
    this.follow(this.fitted);
  }

  /** @override */
  again() {
    if (!this.fitted) return;
    if (this.leads) this.follow(this.fitted);
    else this.reconstruct(this.fitted);
  }

  /** @override @param {Looked} looked */
  show({ picture }) {
    if (picture !== this.fitted) this.leads = false;
  }

  /**
   * Has the whole page look at what was drawn.
   *
   * @param {Uint8Array} fitted
   */
  follow(fitted) {
    const found = this.reconstruct(fitted);
    if (!found) return;
    const { code, since } = found;
    this.explorer.show({ code, picture: fitted, began: since });
    if (since === this.since) return; // the point has not moved
    this.since = since;
    this.find(".st-key-drawn [data-code]").dataset["milliseconds"] = (performance.now() - since).toFixed(1);
  }

  /**
   * Shows what the network makes of it, as far as that is known.
   *
   * @param {Uint8Array} fitted
   */
  reconstruct(fitted) {
    const { model, began } = this;
    model.network.began = began;
    const code = model.code(fitted);
    const { since } = model.network;
    paint(this.canvas(".ae-drawn-fitted"), fitted, model.shape);
    if (since === undefined) return undefined; // a worker has still to say its first code
    const made = model.picture(code);
    paint(this.canvas(".ae-drawn-made"), made, model.shape);
    this.find(".ae-drawn-said").textContent = this.word("error", { error: model.error(fitted, made).toFixed(4) });
    this.find(".ae-draw-problem").textContent = "";
    this.figures(".ae-drawn-near", this.explorer.named(model.codes.nearest(code, NEAR)), model.shape);
    this.figures(".ae-drawn-near-pixels", this.explorer.named(model.alike(fitted, NEAR)), model.shape);
    this.find(".st-key-drawn [data-code]").dataset["code"] = [...code].map((value) => value.toPrecision(6)).join(",");
    return { code, since };
  }

  clear() {
    const { model } = this;
    const nothing = new Uint8Array(model.network.exampleSize);
    this.fitted = undefined;
    this.leads = false;
    this.drawing.clear();
    for (const kind of [".ae-drawn-fitted", ".ae-drawn-made"]) paint(this.canvas(kind), nothing, model.shape);
    const none = Array.from({ length: NEAR }, () => ({ picture: nothing, name: "" }));
    for (const row of [".ae-drawn-near", ".ae-drawn-near-pixels"]) this.figures(row, none, model.shape);
    for (const said of [".ae-drawn-said", ".ae-draw-problem"]) this.find(said).textContent = "";
  }

  /** Takes a held-out example to the canvas, another one each time. */
  take() {
    this.taken = (this.taken + 1) % this.model.pictures.length;
    this.drawing.take(this.model.thumbnail(this.taken));
    this.changed(performance.now());
  }

  /**
   * Takes a picture from a file or a camera to the canvas.
   *
   * @param {HTMLInputElement} input
   */
  async open(input) {
    const file = input.files?.[0];
    input.value = ""; // the same file may be chosen again
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      this.drawing.takePhoto(picture);
      picture.close();
    } catch (error) {
      console.warn(error);
      this.find(".ae-draw-problem").textContent = this.word("no_picture", { name: file.name });
      return;
    }
    this.changed(performance.now());
  }

  /** @override @returns {Row[]} */
  rows() {
    const { fitted, model } = this;
    if (!fitted) return [["row", "column", "drawn", "reconstruction"]];
    const [, width = 1] = model.shape;
    const made = model.picture(model.code(fitted));
    const pixels = Array.from(fitted, (value, at) => [Math.floor(at / width), at % width, value, made[at] ?? 0]);
    return [["row", "column", "drawn", "reconstruction"], ...pixels];
  }
}
