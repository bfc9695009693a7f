// @ts-check
/**
 * A canvas to draw on with mouse, pen or finger. A grey drawing is centred and scaled as the pictures of the data set are;
 * one in colours stays as it is.
 *
 * @import { Model } from "./model.js"
 */
import { inkOf, lit } from "./pixels.js";

const SIDE = 252; // pixels
const STROKE = 0.075; // of the side, as wide as a pen's line in the data

export class Drawing {
  /** Colour of a stroke. */
  ink = "#ffffff";
  /** Whether a stroke takes away. */
  erasing = false;
  /** Whether there is anything on it. */
  empty = true;
  /** @type {[number, number] | undefined} */
  last;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number[]} shape Of the pictures of the data set.
   * @param {(began: number) => void} changed Called while one draws, with the moment of the stroke.
   */
  constructor(canvas, [height = 1, width = 1, channels = 1], changed) {
    this.coloured = channels === 3;
    const longer = this.coloured ? Math.max(height, width) : 0;
    const side = (/** @type {number} */ length) => (longer ? Math.round((SIDE * length) / longer) : SIDE);
    Object.assign(canvas, { width: side(width), height: side(height) });
    this.canvas = canvas;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (!pen) throw new Error("There is no canvas.");
    this.pen = pen;
    this.clear();
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.last = undefined;
      this.stroke(event);
      changed(event.timeStamp);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      this.stroke(event);
      changed(event.timeStamp);
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.last = undefined));
  }

  /** @param {PointerEvent} event */
  stroke({ offsetX, offsetY }) {
    const scale = this.canvas.width / (this.canvas.clientWidth || this.canvas.width);
    const [x, y] = [offsetX * scale, offsetY * scale];
    const [fromX, fromY] = this.last ?? [x, y];
    this.pen.strokeStyle = this.erasing ? "#000" : this.ink;
    this.pen.lineWidth = SIDE * STROKE * (this.erasing ? 1.8 : 1);
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.pen.beginPath();
    this.pen.moveTo(fromX, fromY);
    this.pen.lineTo(x + 0.01, y);
    this.pen.stroke();
    this.last = [x, y];
    this.empty = false;
  }

  clear() {
    this.pen.fillStyle = "#000";
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.empty = true;
  }

  /**
   * Puts a picture on it, as large as the canvas.
   *
   * @param {CanvasImageSource} picture
   */
  take(picture) {
    this.clear();
    this.pen.imageSmoothingEnabled = true;
    this.pen.drawImage(picture, 0, 0, this.canvas.width, this.canvas.height);
    this.empty = false;
  }

  /**
   * Puts a picture of another kind on it, whole; where the data are grey, it becomes so too, and bright on dark as they are.
   *
   * @param {ImageBitmap} picture
   */
  takePhoto(picture) {
    const { canvas } = this;
    const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
    const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
    const [left, top] = [Math.round((canvas.width - width) / 2), Math.round((canvas.height - height) / 2)];
    this.clear();
    this.pen.imageSmoothingEnabled = true;
    this.pen.imageSmoothingQuality = "high";
    this.pen.drawImage(picture, left, top, width, height);
    this.empty = false;
    if (this.coloured) return;
    const image = this.pen.getImageData(left, top, width, height);
    const grey = Uint8Array.from({ length: width * height }, (_, at) => {
      const [red = 0, green = 0, blue = 0] = image.data.subarray(4 * at, 4 * at + 3);
      return 0.299 * red + 0.587 * green + 0.114 * blue;
    });
    lit(grey, width).forEach((value, at) => image.data.set([value, value, value, 255], 4 * at));
    this.pen.putImageData(image, left, top);
  }

  /**
   * The drawing as a picture of the data set: of a grey one its ink is as large as theirs, and its middle where theirs is.
   *
   * @param {Model} model
   * @returns {Uint8Array} 0 to 255.
   */
  fitted(model) {
    const [height = 1, width = 1, channels = 1] = model.shape;
    const nothing = new Uint8Array(height * width * channels);
    const small = Object.assign(document.createElement("canvas"), { width, height });
    const pen = small.getContext("2d", { willReadFrequently: true });
    if (!pen) return nothing;
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    if (this.coloured) {
      pen.drawImage(this.canvas, 0, 0, width, height);
    } else {
      const ink = this.inkDrawn();
      if (!ink) return nothing;
      const { habit } = model;
      const scale = habit.side / Math.max(ink.width, ink.height);
      pen.setTransform(scale, 0, 0, scale, habit.x + 0.5 - ink.x * scale, habit.y + 0.5 - ink.y * scale);
      pen.drawImage(this.canvas, 0, 0);
    }
    const { data } = pen.getImageData(0, 0, width, height);
    return nothing.map((_, at) => data[4 * Math.floor(at / channels) + (at % channels)] ?? 0);
  }

  /** Where the ink of a grey drawing is. */
  inkDrawn() {
    const whole = this.pen.getImageData(0, 0, SIDE, SIDE).data;
    return inkOf(Uint8Array.from({ length: SIDE * SIDE }, (_, at) => whole[4 * at] ?? 0), SIDE);
  }
}
