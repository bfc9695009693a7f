// @ts-check
/**
 * A picture of one's own: drawn, from a file or a camera, or a held-out example; and what the network makes of it.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Drawing } from "./drawing.js";
import { NEAR, OUTCOME, OwnPart } from "./own_part.js";

const CONTENT = `
  <div class="st-key-canvas"><canvas class="ae-canvas" data-title="draw_help"></canvas></div>
  <div class="ae-tools">
    <input type="color" name="ink" value="#ffffff" data-title="ink" hidden>
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
    </div>${OUTCOME}`;

export class DrawPart extends OwnPart {
  /** The held-out example that was taken last. */
  taken = -1;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "draw", CONTENT);
    this.drawing = new Drawing(this.canvas(".ae-canvas"), model.shape, (began) => this.changed(began));
    const ink = this.field("ink");
    ink.hidden = !this.drawing.coloured;
    ink.addEventListener("input", () => (this.drawing.ink = ink.value));
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
    this.change(this.drawing.fitted(this.model), began);
  }

  /** @override @param {ArrayLike<number>} example */
  given(example) {
    this.paint(".ae-drawn-fitted", example);
  }

  /** @override @param {ArrayLike<number>} _example @param {ArrayLike<number>} made */
  compare(_example, made) {
    this.paint(".ae-drawn-made", made);
    this.find(".ae-draw-problem").textContent = "";
  }

  clear() {
    const nothing = new Uint8Array(this.model.network.exampleSize);
    this.example = undefined;
    this.leads = false;
    this.drawing.clear();
    for (const kind of [".ae-drawn-fitted", ".ae-drawn-made"]) this.paint(kind, nothing);
    const none = Array.from({ length: NEAR }, () => ({ example: nothing, name: "" }));
    for (const row of [".ae-drawn-near", ".ae-drawn-near-pixels"]) this.figures(row, none);
    for (const said of [".ae-drawn-said", ".ae-draw-problem"]) this.find(said).textContent = "";
    this.find(".st-key-drawn [data-code]").dataset["code"] = ""; // what stands there now is seen faintly
  }

  /** Takes a held-out example to the canvas, another one each time. */
  take() {
    this.taken = (this.taken + 1) % this.model.examples.length;
    this.drawing.take(this.model.thumbnail(this.taken));
    // The example itself, not what the canvas has made of it, which is a little blurred.
    this.change(this.model.examples[this.taken] ?? [], performance.now());
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
    const { example, model } = this;
    const [, width = 1, channels = 1] = model.shape;
    const head = ["row", "column", ...(channels > 1 ? ["channel"] : []), "drawn", "reconstruction"];
    if (!example) return [head];
    const made = model.decoded(model.code(example));
    const values = Array.from(example, (value, at) => {
      const pixel = Math.floor(at / channels);
      return [Math.floor(pixel / width), pixel % width, ...(channels > 1 ? [at % channels] : []), value, made[at] ?? 0];
    });
    return [head, ...values];
  }
}
