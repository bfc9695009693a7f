// @ts-check
/**
 * The plane of codes: what the decoder makes of each place lies behind the points of the held-out examples. A person
 * drags over it. Codes of more than two numbers are cut along two directions.
 *
 * @import { Model } from "./model.js"
 */
import { dot } from "./codes.js";

const ROUGH = 9; // pictures across at first
const FINE = 15; // once nobody drags
const WAIT = 250; // milliseconds until then
const EDGE = 0.06; // of the spread, left free at each side

/**
 * Two directions in the space of codes, and the code in the middle.
 *
 * @typedef {object} Cut
 * @property {Float32Array} origin
 * @property {Float32Array} across
 * @property {Float32Array} up
 */

export class Plane {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;
  /** Places of the examples on the plane.
   * @type {Float32Array}
   */
  points = new Float32Array();
  /** Ends of the plane: left, right, bottom, top. */
  ends = [-1, 1, -1, 1];
  /** @type {{ x: number, y: number } | undefined} */
  marked;
  /**
   * Way that is drawn on the plane.
   *
   * @type {{ x: number, y: number }[]}
   */
  way = [];

  /**
   * @param {HTMLElement} root Holds two canvases: pictures below, points above.
   * @param {Model} model
   * @param {string[]} colours
   * @param {(code: Float32Array, began: number) => void} chosen Called while one drags.
   */
  constructor(root, model, colours, chosen) {
    this.root = root;
    this.model = model;
    this.colours = colours;
    const make = (/** @type {string} */ kind) => {
      const canvas = root.appendChild(document.createElement("canvas"));
      canvas.className = kind;
      return canvas;
    };
    this.sheet = make("ae-plane-sheet");
    this.dots = make("ae-plane-dots");
    const { codes } = model;
    const flat = codes.size === 2;
    const [first, second] = flat ? [] : codes.directions(2);
    /** @type {Cut} */
    this.cut = {
      origin: flat ? new Float32Array(2) : codes.mean,
      across: first ?? Float32Array.of(1, 0),
      up: second ?? (codes.size === 1 ? Float32Array.of(0) : Float32Array.of(0, 1)),
    };
    this.measure();
    this.draw(ROUGH);
    this.sharpen();
    const move = (/** @type {PointerEvent} */ event) => {
      const box = this.dots.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width;
      const y = 1 - (event.clientY - box.top) / box.height;
      const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
      chosen(this.codeAt(left + x * (right - left), bottom + y * (top - bottom)), event.timeStamp);
    };
    this.dots.addEventListener("pointerdown", (event) => {
      this.dots.setPointerCapture(event.pointerId);
      move(event);
    });
    this.dots.addEventListener("pointermove", (event) => event.buttons && move(event));
    this.resizing = new ResizeObserver(() => this.drawPoints());
    this.resizing.observe(root);
  }

  /** Works out where the examples lie, and how large the plane is. */
  measure() {
    const { codes } = this.model;
    this.points = new Float32Array(2 * codes.count);
    for (let place = 0; place < codes.count; place++) {
      const { x, y } = this.placeOf(codes.at(place));
      this.points[2 * place] = x;
      this.points[2 * place + 1] = y;
    }
    const range = (/** @type {number} */ axis) => {
      const sorted = this.points.filter((_, at) => at % 2 === axis).sort();
      const [low, high] = [sorted[0] ?? -1, sorted.at(-1) ?? 1];
      const free = EDGE * (high - low || 1);
      return [low - free, high + free];
    };
    this.ends = [...range(0), ...range(1)];
  }

  /**
   * Where a code lies on the plane.
   *
   * @param {Float32Array} code
   */
  placeOf(code) {
    const off = code.map((value, at) => value - (this.cut.origin[at] ?? 0));
    return { x: dot(off, this.cut.across), y: dot(off, this.cut.up) };
  }

  /**
   * The code of a place of the plane.
   *
   * @param {number} x
   * @param {number} y
   */
  codeAt(x, y) {
    const { origin, across, up } = this.cut;
    return origin.map((value, at) => value + x * (across[at] ?? 0) + y * (up[at] ?? 0));
  }

  /**
   * Draws what the decoder makes of the plane.
   *
   * @param {number} count Pictures across and up.
   */
  draw(count) {
    const { size } = this.model.codes;
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const codes = new Float32Array(count * count * size);
    for (let place = 0; place < count * count; place++) {
      const x = left + (((place % count) + 0.5) / count) * (right - left);
      const y = top - ((Math.floor(place / count) + 0.5) / count) * (top - bottom);
      codes.set(this.codeAt(x, y), place * size);
    }
    const [height = 1, width = 1, channels = 1] = this.model.shape;
    const pictures = this.model.pictures_of(codes);
    Object.assign(this.sheet, { width: count * width, height: count * height });
    const pen = this.sheet.getContext("2d");
    pictures.forEach((bytes, place) => {
      const image = pen?.createImageData(width, height);
      if (!image) return;
      for (let pixel = 0; pixel < width * height; pixel++) {
        const grey = bytes[channels * pixel] ?? 0;
        if (channels === 3) for (let c = 0; c < 3; c++) image.data[4 * pixel + c] = bytes[3 * pixel + c] ?? 0;
        else image.data.set([70, 90, 150], 4 * pixel); // an ink whose strength is the brightness: right in both themes
        image.data[4 * pixel + 3] = channels === 3 ? 150 : grey * 0.6;
      }
      pen?.putImageData(image, (place % count) * width, Math.floor(place / count) * height);
    });
    this.drawPoints();
  }

  /** Draws the pictures finer once nobody drags. */
  sharpen() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(FINE), WAIT);
  }

  /**
   * Marks a code.
   *
   * @param {Float32Array} code
   */
  mark(code) {
    this.marked = this.placeOf(code);
    this.drawPoints();
  }

  /**
   * Draws a way between codes; none takes it away.
   *
   * @param {Float32Array[]} codes
   */
  drawWay(codes) {
    this.way = codes.map((code) => this.placeOf(code));
    this.drawPoints();
  }

  drawPoints() {
    const { dots, root } = this;
    const dense = devicePixelRatio || 1;
    const [width, height] = [root.clientWidth, root.clientHeight];
    if (!width) return;
    Object.assign(dots, { width: width * dense, height: height * dense });
    const pen = dots.getContext("2d");
    if (!pen) return;
    pen.scale(dense, dense);
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const across = (/** @type {number} */ x) => ((x - left) / (right - left)) * width;
    const up = (/** @type {number} */ y) => ((top - y) / (top - bottom)) * height;
    pen.globalAlpha = 0.8;
    this.colours.forEach((colour, label) => {
      pen.fillStyle = colour;
      pen.beginPath();
      for (let place = 0; place < this.points.length / 2; place++) {
        if ((this.model.labels[place] ?? 0) % this.colours.length !== label) continue;
        const [x, y] = [across(this.points[2 * place] ?? 0), up(this.points[2 * place + 1] ?? 0)];
        pen.moveTo(x + 2.2, y);
        pen.arc(x, y, 2.2, 0, 2 * Math.PI);
      }
      pen.fill();
    });
    pen.globalAlpha = 1;
    const ink = getComputedStyle(root).color;
    if (this.way.length > 1) {
      pen.strokeStyle = ink;
      pen.lineWidth = 2;
      pen.beginPath();
      for (const { x, y } of this.way) pen.lineTo(across(x), up(y));
      pen.stroke();
    }
    if (!this.marked) return;
    const [x, y] = [across(this.marked.x), up(this.marked.y)];
    pen.lineWidth = 2;
    pen.strokeStyle = ink;
    pen.beginPath();
    pen.arc(x, y, 7, 0, 2 * Math.PI);
    pen.moveTo(x - 12, y);
    pen.lineTo(x + 12, y);
    pen.moveTo(x, y - 12);
    pen.lineTo(x, y + 12);
    pen.stroke();
  }

  close() {
    clearTimeout(this.waiting);
    this.resizing.disconnect();
  }
}
