// @ts-check
/**
 * How what lies on the plane is painted, each thing at its pixels: points, pictures in their place, lines and marks.
 *
 * @import { Place } from "../types/explore"
 * @import { Piece } from "./density.js"
 * @import { Viewport } from "./viewport.js"
 */

const DOT = 2.2; // radius of a point
const HALO = "rgba(255, 255, 255, 0.85)"; // around points on a coloured sheet
const PICTURE = 30; // pixels, as large as a picture that stands for a point

/**
 * The examples as points.
 *
 * @typedef {object} Points
 * @property {Place[]} pixels Where each of them lies.
 * @property {number[]} kinds Which of the shades each of them has.
 * @property {string[]} shades
 * @property {Set<number>} chosen Those that stand out.
 */

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Points} points
 * @param {boolean} haloed Whether they lie on a coloured sheet.
 */
export function paintPoints(pen, { pixels, kinds, shades, chosen }, haloed) {
  const some = chosen.size > 0;
  [pen.strokeStyle, pen.lineWidth] = [HALO, 1.5];
  shades.forEach((shade, kind) => {
    for (const among of some ? [false, true] : [true]) {
      pen.fillStyle = shade;
      pen.globalAlpha = among ? 0.85 : 0.2;
      pen.beginPath();
      pixels.forEach(({ x, y }, place) => {
        if (kinds[place] !== kind || (some && chosen.has(place) !== among)) return;
        const radius = some && among ? 1.5 * DOT : DOT;
        pen.moveTo(x + radius, y);
        pen.arc(x, y, radius, 0, 2 * Math.PI);
      });
      if (haloed) pen.stroke(); // a colour on colours
      pen.fill();
    }
  });
  pen.globalAlpha = 1;
}

/**
 * Pictures in the place of points, as far as they are seen and do not lie on one another.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Points} points
 * @param {{ clientWidth: number, clientHeight: number }} surface
 * @param {(place: number) => CanvasImageSource} thumbnail The picture of an example.
 */
export function paintPictures(pen, { pixels, kinds, shades }, { clientWidth, clientHeight }, thumbnail) {
  /** @type {Place[]} */
  const painted = [];
  pixels.forEach(({ x, y }, place) => {
    if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) return;
    if (painted.some((one) => Math.abs(one.x - x) < PICTURE + 4 && Math.abs(one.y - y) < PICTURE + 4)) return;
    painted.push({ x, y });
    const [left, top] = [x - PICTURE / 2, y - PICTURE / 2];
    pen.drawImage(thumbnail(place), left, top, PICTURE, PICTURE);
    pen.lineWidth = 2;
    pen.strokeStyle = shades[kinds[place] ?? 0] ?? "";
    pen.strokeRect(left, top, PICTURE, PICTURE);
  });
}

/**
 * Lines of equal density, the innermost strongest.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Piece[][]} lines
 * @param {Viewport} viewport
 */
export function paintContours(pen, lines, viewport) {
  pen.lineWidth = 1;
  lines.forEach((pieces, at) => {
    pen.globalAlpha = 0.85 - 0.2 * at;
    pen.beginPath();
    for (const [x, y, toX, toY] of pieces) {
      const [from, to] = [viewport.pixelOf({ x, y }), viewport.pixelOf({ x: toX, y: toY })];
      pen.moveTo(from.x, from.y);
      pen.lineTo(to.x, to.y);
    }
    pen.stroke();
  });
  pen.globalAlpha = 1;
}

/**
 * The way between two codes.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Place[]} pixels
 */
export function paintWay(pen, pixels) {
  pen.lineWidth = 2;
  pen.beginPath();
  for (const { x, y } of pixels) pen.lineTo(x, y);
  pen.stroke();
}

/**
 * The outlines of a cloud, the farther one fainter.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Place[][]} outlines At one standard deviation from its mean, at two, and so on.
 */
export function paintCloud(pen, outlines) {
  outlines.forEach((pixels, at) => {
    pen.globalAlpha = 0.8 / (at + 1);
    paintWay(pen, pixels);
  });
  pen.globalAlpha = 1;
}

/**
 * The line around what is being chosen.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Place[]} pixels
 */
export function paintFence(pen, pixels) {
  if (pixels.length < 2) return;
  pen.setLineDash([4, 4]);
  pen.beginPath();
  for (const { x, y } of pixels) pen.lineTo(x, y);
  pen.closePath();
  pen.stroke();
  pen.setLineDash([]);
}

/**
 * The mark of what is looked at.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Place} pixel
 */
export function paintMark(pen, { x, y }) {
  pen.lineWidth = 2;
  pen.beginPath();
  pen.arc(x, y, 7, 0, 2 * Math.PI);
  pen.moveTo(x - 12, y);
  pen.lineTo(x + 12, y);
  pen.moveTo(x, y - 12);
  pen.lineTo(x, y + 12);
  pen.stroke();
}
