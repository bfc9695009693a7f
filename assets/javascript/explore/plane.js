// @ts-check
/**
 * The plane of codes: what the decoder makes of each place, on it where the codes of the held-out examples lie, and when
 * which of it is drawn anew. `viewport.js` says what is looked at, `plane_paint.js` how it is painted.
 *
 * @import { Cloud, Place } from "../types/explore"
 * @import { Cut } from "./axis.js"
 * @import { Piece } from "./density.js"
 * @import { Layout } from "./layout.js"
 * @import { Model } from "./model.js"
 */
import { behind, legible } from "../live/legible.js";
import { contours } from "./density.js";
import { paintCloud, paintContours, paintFence, paintMark, paintPictures, paintPoints, paintWay } from "./plane_paint.js";
import { Viewport } from "./viewport.js";

const WAIT = 250; // milliseconds until the sheet is drawn more finely
const SLICE = 30; // milliseconds of decoding after which the page may do something else
const NEAR = 4; // times that one is zoomed in before there are pictures
const DEVIATIONS = [1, 2]; // standard deviations from the mean at which a cloud has its outlines

export class Plane {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  waiting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  painting;
  /**
   * Places of the examples, `x, y, x, y, …`.
   *
   * @type {Float32Array}
   */
  points = new Float32Array();
  /** Ends of what the sheet shows. */
  drawn = [-1, 1, -1, 1];
  /** Of what the next one shows. */
  wanted = this.drawn;
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
    this.viewport = new Viewport(canvas);
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
    const { viewport } = this;
    viewport.whole = layout?.ends ?? [...cut.across.ends, ...cut.up.ends];
    this.lines = this.dense ? contours(this.points, viewport.whole) : [];
    this.look(viewport.whole);
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
    const { ends, whole } = this.viewport;
    this.model = model;
    this.show(cut, this.layout);
    if (ends !== whole) this.look(ends);
  }

  /**
   * Looks at a part of it.
   *
   * @param {number[]} ends Left, right, bottom and top.
   */
  look(ends) {
    this.viewport.ends = ends;
    const [rough, fine] = this.model.look.grain;
    if (ends === this.viewport.whole) this.drawSheet(rough);
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
  zoom(factor, place) {
    this.look(this.viewport.zoomed(factor, place));
  }

  /**
   * Moves what is looked at.
   *
   * @param {number} byX In the plane's own numbers.
   * @param {number} byY
   */
  move(byX, byY) {
    this.look(this.viewport.moved(byX, byY));
  }

  /**
   * Shows or hides the lines of density.
   *
   * @param {boolean} wanted
   */
  setDense(wanted) {
    this.dense = wanted;
    this.lines = wanted ? contours(this.points, this.viewport.whole) : [];
    this.draw();
  }

  /** @param {number} place Of an example. */
  pixelOfPoint(place) {
    return this.viewport.pixelOf({ x: this.points[2 * place] ?? 0, y: this.points[2 * place + 1] ?? 0 });
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
    this.wanted = this.viewport.ends;
    this.again();
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

  /**
   * Paints the sheet anew, with what the network has answered since: row by row, so that no slow network holds up a hand.
   * The one before is seen until it is done.
   */
  again() {
    clearTimeout(this.painting);
    const { fineness: count, model, wanted: ends } = this;
    const { width, height } = model.look.tile;
    const empty = this.layout !== undefined; // nothing decodes a place
    const sheet = Object.assign(document.createElement("canvas"), empty ? { width: 1, height: 1 } : { width: count * width, height: count * height });
    const rows = model.here ? 1 : count; // a worker is asked once
    const go = (/** @type {number} */ first) => {
      const began = performance.now();
      let row = empty ? count : first;
      for (; row < count && performance.now() - began < SLICE; row += rows) this.paintRows(sheet, row, rows, ends);
      if (row < count) {
        this.painting = setTimeout(() => go(row));
        return;
      }
      this.sheet = sheet;
      this.drawn = ends;
      this.draw();
    };
    go(0);
  }

  /**
   * @param {HTMLCanvasElement} sheet
   * @param {number} first
   * @param {number} rows
   * @param {number[]} ends Of what the whole sheet shows.
   */
  paintRows(sheet, first, rows, [left = 0, right = 1, bottom = 0, top = 1]) {
    const { fineness: count, model } = this;
    const { look, codes } = model;
    const { width, height } = look.tile;
    const places = new Float32Array(rows * count * codes.size);
    for (let place = 0; place < rows * count; place++) {
      const x = left + (((place % count) + 0.5) / count) * (right - left);
      const y = top - ((first + Math.floor(place / count) + 0.5) / count) * (top - bottom);
      places.set(this.cut.codeAt(x, y), place * codes.size);
    }
    const pen = sheet.getContext("2d");
    model.allDecoded(places).forEach((example, place) => {
      const image = look.stain(example, this.behind);
      if (image) pen?.putImageData(image, (place % count) * width, (first + Math.floor(place / count)) * height);
    });
  }

  /** Draws everything. */
  draw() {
    const { canvas, ground, viewport } = this;
    const sharp = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    for (const one of [canvas, ground]) Object.assign(one, { width: width * sharp, height: height * sharp });
    const pen = ground.getContext("2d");
    if (!pen) return;
    pen.scale(sharp, sharp);
    const [left = 0, right = 1, bottom = 0, top = 1] = this.drawn;
    const [corner, far] = [viewport.pixelOf({ x: left, y: top }), viewport.pixelOf({ x: right, y: bottom })];
    pen.drawImage(this.sheet, corner.x, corner.y, far.x - corner.x, far.y - corner.y);
    this.ink = getComputedStyle(canvas).color;
    this.shades = this.colours.map((colour) => legible(colour, behind(this.ink)));
    const points = this.seenPoints();
    paintPoints(pen, points, this.behind >= 0 && !this.layout);
    if (viewport.nearness >= NEAR) paintPictures(pen, points, canvas, (place) => this.model.thumbnail(place));
    pen.strokeStyle = this.ink;
    paintContours(pen, this.lines, viewport);
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

  /** The examples, as they are painted. */
  seenPoints() {
    const { shades, chosen, model, colours } = this;
    const places = Array.from({ length: this.points.length / 2 }, (_, place) => place);
    const pixels = places.map((place) => this.pixelOfPoint(place));
    return { pixels, kinds: places.map((place) => (model.labels[place] ?? 0) % colours.length), shades, chosen };
  }

  /** @param {CanvasRenderingContext2D} pen */
  drawMarks(pen) {
    const { viewport, cloud, cut, marked } = this;
    const pixels = (/** @type {Place[]} */ places) => places.map((place) => viewport.pixelOf(place));
    paintWay(pen, pixels(this.way));
    if (cloud) paintCloud(pen, DEVIATIONS.map((times) => pixels(cut.outline(cloud, times))));
    paintFence(pen, this.fence);
    if (marked) paintMark(pen, viewport.pixelOf(marked));
  }

  close() {
    clearTimeout(this.waiting);
    clearTimeout(this.painting);
    this.resizing.disconnect();
  }
}
