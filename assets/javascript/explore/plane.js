// @ts-check
/**
 * The plane of codes as it is drawn: what the decoder makes of each place, and on it the codes of the held-out examples.
 *
 * @import { Cloud, Place } from "../types/explore"
 * @import { Cut } from "./axis.js"
 * @import { Piece } from "./density.js"
 * @import { Layout } from "./layout.js"
 * @import { Model } from "./model.js"
 */
import { behind, legible } from "../live/legible.js";
import { contours } from "./density.js";

const WAIT = 250; // milliseconds until the sheet is drawn more finely
const DOT = 2.2; // radius of a point
const HALO = "rgba(255, 255, 255, 0.85)"; // around points on a coloured sheet
const PICTURE = 30; // pixels, as large as a picture that stands for a point
const NEAR = 4; // times that one is zoomed in before there are pictures

export class Plane {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;
  /**
   * Places of the examples, `x, y, x, y, …`.
   *
   * @type {Float32Array}
   */
  points = new Float32Array();
  /** Left, right, bottom and top of the whole plane. */
  whole = [-1, 1, -1, 1];
  /** The same of what is looked at. */
  ends = [-1, 1, -1, 1];
  /** The same of the sheet. */
  drawn = [-1, 1, -1, 1];
  /** @type {Place | undefined} */
  marked;
  /**
   * Where t-SNE puts the examples, if that is what one looks at.
   *
   * @type {Layout | undefined}
   */
  layout;
  /** @type {Place[]} */
  way = [];
  /** @type {Cloud | undefined} */
  cloud;
  /**
   * The classes' colours as this page's theme has them.
   *
   * @type {string[]}
   */
  shades = [];
  /**
   * Places of the examples that are chosen.
   *
   * @type {Set<number>}
   */
  chosen = new Set();
  /**
   * The line around what is being chosen, in pixels.
   *
   * @type {Place[]}
   */
  fence = [];
  /** @type {Piece[][]} */
  lines = [];
  dense = false;
  fineness = 1;
  ink = "#000";

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Model} model
   * @param {Cut} cut
   * @param {string[]} colours
   * @param {number} behind Which of the things that can lie behind the points lies there; none: -1.
   */
  constructor(canvas, model, cut, colours, behind) {
    this.canvas = canvas;
    this.model = model;
    this.cut = cut;
    this.colours = colours;
    this.behind = behind;
    this.sheet = document.createElement("canvas");
    /** Sheet, points and lines as they were drawn last: they stay while one drags. */
    this.ground = document.createElement("canvas");
    this.show(cut);
    this.resizing = new ResizeObserver(() => this.draw());
    this.resizing.observe(canvas);
  }

  /**
   * Lays the plane along other axes, or shows the examples where t-SNE puts them.
   *
   * @param {Cut} cut
   * @param {Layout} [layout]
   */
  show(cut, layout) {
    const { codes } = this.model;
    this.cut = cut;
    this.layout = layout;
    this.points = new Float32Array(2 * codes.count);
    for (let place = 0; place < codes.count; place++) {
      const { x, y } = this.placeOf(codes.at(place), place);
      this.points.set([x, y], 2 * place);
    }
    this.whole = layout?.ends ?? [...cut.across.ends, ...cut.up.ends];
    this.lines = this.dense ? contours(this.points, this.whole) : [];
    this.look(this.whole);
  }

  /**
   * Where a code lies. In a layout by t-SNE, that is where the nearest example lies.
   *
   * @param {Float32Array} code
   * @param {number} [place] Of the example whose code it is.
   */
  placeOf(code, place) {
    const { layout, cut, model } = this;
    return layout ? layout.at(place ?? model.codes.nearest(code, 1)[0]?.place ?? 0) : cut.placeOf(code);
  }

  /**
   * Shows another network in the place of this one; who has come nearer stays where he is.
   *
   * @param {Model} model
   * @param {Cut} cut
   */
  renew(model, cut) {
    const ends = this.ends === this.whole ? undefined : this.ends;
    this.model = model;
    this.show(cut, this.layout);
    if (ends) this.look(ends);
  }

  /**
   * Looks at a part of it.
   *
   * @param {number[]} ends Left, right, bottom and top.
   */
  look(ends) {
    this.ends = ends;
    const [rough, fine] = this.model.look.grain;
    if (ends === this.whole) this.drawSheet(rough);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.drawSheet(fine), WAIT);
    this.draw();
  }

  /**
   * Zooms, and keeps a place where it is.
   *
   * @param {number} factor Above 1 to come nearer.
   * @param {Place} place
   */
  zoom(factor, { x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const ends = [x + (left - x) / factor, x + (right - x) / factor, y + (bottom - y) / factor, y + (top - y) / factor];
    const [far = 0, farther = 1] = this.whole;
    this.look((ends[1] ?? 0) - (ends[0] ?? 0) >= farther - far ? this.whole : ends);
  }

  /**
   * Moves what is looked at.
   *
   * @param {number} byX In the plane's own numbers.
   * @param {number} byY
   */
  move(byX, byY) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    this.look([left + byX, right + byX, bottom + byY, top + byY]);
  }

  /** How far one is zoomed in. */
  get nearness() {
    const [[left = 0, right = 1], [from = 0, to = 1]] = [this.whole, this.ends];
    return (right - left) / (to - from);
  }

  /**
   * Shows or hides the lines of density.
   *
   * @param {boolean} wanted
   */
  setDense(wanted) {
    this.dense = wanted;
    this.lines = wanted ? contours(this.points, this.whole) : [];
    this.draw();
  }

  /**
   * The place that a pixel of the element shows.
   *
   * @param {Place} pixel
   * @returns {Place}
   */
  placeAt({ x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const { clientWidth, clientHeight } = this.canvas;
    return { x: left + (x / clientWidth) * (right - left), y: top - (y / clientHeight) * (top - bottom) };
  }

  /**
   * The pixel that shows a place.
   *
   * @param {Place} place
   * @returns {Place}
   */
  pixelOf({ x, y }) {
    const [left = 0, right = 1, bottom = 0, top = 1] = this.ends;
    const { clientWidth, clientHeight } = this.canvas;
    return { x: ((x - left) / (right - left)) * clientWidth, y: ((top - y) / (top - bottom)) * clientHeight };
  }

  /** @param {number} place Of an example. */
  pixelOfPoint(place) {
    return this.pixelOf({ x: this.points[2 * place] ?? 0, y: this.points[2 * place + 1] ?? 0 });
  }

  /**
   * The example whose point lies at a pixel, if there is one within reach.
   *
   * @param {Place} pixel
   * @param {number} reach
   */
  pointAt({ x, y }, reach) {
    let [found, least] = [-1, reach];
    for (let place = 0; place < this.points.length / 2; place++) {
      const point = this.pixelOfPoint(place);
      const distance = Math.hypot(point.x - x, point.y - y);
      if (distance < least) [found, least] = [place, distance];
    }
    return found < 0 ? undefined : found;
  }

  /**
   * Draws what the decoder makes of what is looked at.
   *
   * @param {number} count Pictures across and up.
   */
  drawSheet(count) {
    this.fineness = count;
    this.paintSheet(count, this.ends);
    this.drawn = this.ends;
    this.draw();
  }

  /**
   * Lays something else behind the points.
   *
   * @param {number} behind
   */
  layBehind(behind) {
    this.behind = behind;
    this.again();
  }

  /** Draws the same once more, with what the network has answered since. */
  again() {
    this.paintSheet(this.fineness, this.drawn);
    this.draw();
  }

  /**
   * @param {number} count Pictures across and up.
   * @param {number[]} ends
   */
  paintSheet(count, ends) {
    if (this.layout) {
      Object.assign(this.sheet, { width: 1, height: 1 }); // empty: nothing decodes a place
      return;
    }
    const { size } = this.model.codes;
    const [left = 0, right = 1, bottom = 0, top = 1] = ends;
    const codes = new Float32Array(count * count * size);
    for (let place = 0; place < count * count; place++) {
      const x = left + (((place % count) + 0.5) / count) * (right - left);
      const y = top - ((Math.floor(place / count) + 0.5) / count) * (top - bottom);
      codes.set(this.cut.codeAt(x, y), place * size);
    }
    const { look } = this.model;
    const { width, height } = look.tile;
    Object.assign(this.sheet, { width: count * width, height: count * height });
    const pen = this.sheet.getContext("2d");
    this.model.allDecoded(codes).forEach((example, place) => {
      const image = look.stain(example, this.behind);
      if (image) pen?.putImageData(image, (place % count) * width, Math.floor(place / count) * height);
    });
  }

  /** Draws everything. */
  draw() {
    const { canvas, ground } = this;
    const sharp = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    for (const one of [canvas, ground]) Object.assign(one, { width: width * sharp, height: height * sharp });
    const pen = ground.getContext("2d");
    if (!pen) return;
    pen.scale(sharp, sharp);
    const [left = 0, right = 1, bottom = 0, top = 1] = this.drawn;
    const [corner, far] = [this.pixelOf({ x: left, y: top }), this.pixelOf({ x: right, y: bottom })];
    pen.drawImage(this.sheet, corner.x, corner.y, far.x - corner.x, far.y - corner.y);
    this.ink = getComputedStyle(canvas).color;
    this.shades = this.colours.map((colour) => legible(colour, behind(this.ink)));
    this.drawPoints(pen);
    if (this.nearness >= NEAR) this.drawPictures(pen);
    pen.strokeStyle = this.ink;
    this.drawLines(pen);
    this.drawOver();
  }

  /** Draws anew what changes while one drags, and nothing below it. */
  drawOver() {
    const { canvas, ground } = this;
    const pen = canvas.getContext("2d");
    if (!pen || !ground.width || ground.width !== canvas.width) return;
    const sharp = devicePixelRatio || 1;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(ground, 0, 0);
    pen.scale(sharp, sharp);
    pen.strokeStyle = this.ink;
    this.drawMarks(pen);
  }

  /** @param {CanvasRenderingContext2D} pen */
  drawPoints(pen) {
    const some = this.chosen.size > 0;
    [pen.strokeStyle, pen.lineWidth] = [HALO, 1.5];
    this.shades.forEach((colour, label) => {
      for (const among of some ? [false, true] : [true]) {
        pen.fillStyle = colour;
        pen.globalAlpha = among ? 0.85 : 0.2;
        pen.beginPath();
        for (let place = 0; place < this.points.length / 2; place++) {
          if (this.labelOf(place) !== label || (some && this.chosen.has(place) !== among)) continue;
          const { x, y } = this.pixelOfPoint(place);
          const radius = some && among ? 1.5 * DOT : DOT;
          pen.moveTo(x + radius, y);
          pen.arc(x, y, radius, 0, 2 * Math.PI);
        }
        if (this.behind >= 0 && !this.layout) pen.stroke(); // a colour on colours
        pen.fill();
      }
    });
    pen.globalAlpha = 1;
  }

  /** @param {number} place Of an example. */
  labelOf(place) {
    return (this.model.labels[place] ?? 0) % this.colours.length;
  }

  /**
   * Pictures in the place of points, as far as they do not lie on one another.
   *
   * @param {CanvasRenderingContext2D} pen
   */
  drawPictures(pen) {
    const { clientWidth, clientHeight } = this.canvas;
    /** @type {Place[]} */
    const drawn = [];
    for (let place = 0; place < this.points.length / 2; place++) {
      const { x, y } = this.pixelOfPoint(place);
      if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) continue;
      if (drawn.some((one) => Math.abs(one.x - x) < PICTURE + 4 && Math.abs(one.y - y) < PICTURE + 4)) continue;
      drawn.push({ x, y });
      const [left, top] = [x - PICTURE / 2, y - PICTURE / 2];
      pen.drawImage(this.model.thumbnail(place), left, top, PICTURE, PICTURE);
      pen.lineWidth = 2;
      pen.strokeStyle = this.shades[this.labelOf(place)] ?? "";
      pen.strokeRect(left, top, PICTURE, PICTURE);
    }
  }

  /** @param {CanvasRenderingContext2D} pen */
  drawLines(pen) {
    pen.lineWidth = 1;
    this.lines.forEach((pieces, at) => {
      pen.globalAlpha = 0.85 - 0.2 * at;
      pen.beginPath();
      for (const [x, y, toX, toY] of pieces) {
        const [from, to] = [this.pixelOf({ x, y }), this.pixelOf({ x: toX, y: toY })];
        pen.moveTo(from.x, from.y);
        pen.lineTo(to.x, to.y);
      }
      pen.stroke();
    });
    pen.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} pen */
  drawMarks(pen) {
    pen.lineWidth = 2;
    pen.beginPath();
    for (const place of this.way) {
      const { x, y } = this.pixelOf(place);
      pen.lineTo(x, y);
    }
    pen.stroke();
    if (this.cloud) this.drawCloud(pen, this.cloud);
    if (this.fence.length > 1) {
      pen.setLineDash([4, 4]);
      pen.beginPath();
      for (const { x, y } of this.fence) pen.lineTo(x, y);
      pen.closePath();
      pen.stroke();
      pen.setLineDash([]);
    }
    if (!this.marked) return;
    const { x, y } = this.pixelOf(this.marked);
    pen.lineWidth = 2;
    pen.beginPath();
    pen.arc(x, y, 7, 0, 2 * Math.PI);
    pen.moveTo(x - 12, y);
    pen.lineTo(x + 12, y);
    pen.moveTo(x, y - 12);
    pen.lineTo(x, y + 12);
    pen.stroke();
  }

  /**
   * The places at one and two standard deviations from a mean.
   *
   * @param {CanvasRenderingContext2D} pen
   * @param {Cloud} cloud
   */
  drawCloud(pen, cloud) {
    for (const times of [1, 2]) {
      pen.globalAlpha = 0.8 / times;
      pen.beginPath();
      for (const place of this.cut.outline(cloud, times)) {
        const { x, y } = this.pixelOf(place);
        pen.lineTo(x, y);
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  close() {
    clearTimeout(this.waiting);
    this.resizing.disconnect();
  }
}
