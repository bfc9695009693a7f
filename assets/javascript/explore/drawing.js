// @ts-check
/**
 * A canvas to draw on with mouse, pen or finger. The drawing is centred and scaled as the pictures of the data set are.
 */
import { inkOf, lit } from "./pixels.js";

const SIDE = 252; // pixels
const STROKE = 0.075; // of the side, as wide as a pen's line in the data

export class Drawing {
  /** Whether a stroke takes away. */
  erasing = false;
  /** Whether there is anything on it. */
  empty = true;
  /** @type {[number, number] | undefined} */
  last;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(began: number) => void} changed Called while one draws, with the moment of the stroke.
   */
  constructor(canvas, changed) {
    Object.assign(canvas, { width: SIDE, height: SIDE });
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
    const scale = SIDE / (this.canvas.clientWidth || SIDE);
    const [x, y] = [offsetX * scale, offsetY * scale];
    const [fromX, fromY] = this.last ?? [x, y];
    this.pen.strokeStyle = this.erasing ? "#000" : "#fff";
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
    this.pen.fillRect(0, 0, SIDE, SIDE);
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
    this.pen.drawImage(picture, 0, 0, SIDE, SIDE);
    this.empty = false;
  }

  /**
   * Puts a picture of another kind on it, whole: grey, and bright on dark as the data are.
   *
   * @param {ImageBitmap} picture
   */
  takePhoto(picture) {
    const scale = SIDE / Math.max(picture.width, picture.height);
    const [width, height] = [Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale))];
    const [left, top] = [Math.round((SIDE - width) / 2), Math.round((SIDE - height) / 2)];
    this.clear();
    this.pen.imageSmoothingEnabled = true;
    this.pen.imageSmoothingQuality = "high";
    this.pen.drawImage(picture, left, top, width, height);
    const image = this.pen.getImageData(left, top, width, height);
    const grey = Uint8Array.from({ length: width * height }, (_, at) => {
      const [red = 0, green = 0, blue = 0] = image.data.subarray(4 * at, 4 * at + 3);
      return 0.299 * red + 0.587 * green + 0.114 * blue;
    });
    lit(grey, width).forEach((value, at) => image.data.set([value, value, value, 255], 4 * at));
    this.pen.putImageData(image, left, top);
    this.empty = false;
  }

  /**
   * The drawing as a picture of the data set: its ink as large as theirs, its middle where theirs is.
   *
   * @param {number} height
   * @param {number} width
   * @param {{ x: number, y: number, side: number }} habit How the pictures of the data set lie.
   * @returns {Uint8Array} Grey, 0 to 255.
   */
  fitted(height, width, habit) {
    const whole = this.pen.getImageData(0, 0, SIDE, SIDE).data;
    const grey = Uint8Array.from({ length: SIDE * SIDE }, (_, at) => whole[4 * at] ?? 0);
    const ink = inkOf(grey, SIDE);
    const small = Object.assign(document.createElement("canvas"), { width, height });
    const pen = small.getContext("2d", { willReadFrequently: true });
    if (!ink || !pen) return new Uint8Array(height * width);
    const scale = habit.side / Math.max(ink.width, ink.height);
    pen.imageSmoothingEnabled = true;
    pen.imageSmoothingQuality = "high";
    pen.setTransform(scale, 0, 0, scale, habit.x + 0.5 - ink.x * scale, habit.y + 0.5 - ink.y * scale);
    pen.drawImage(this.canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    return Uint8Array.from({ length: height * width }, (_, at) => data[4 * at] ?? 0);
  }
}
