// @ts-check
/**
 * Figures that show all steps at once. Plotly draws such a figure about once a second; what comes between, and the line
 * that says which frame is looked at, are drawn on a canvas above it.
 *
 * @import { Figure } from "../types/figure"
 * @import { Frame } from "../types/stage"
 * @import { Plot } from "../types/plotly"
 */
import { layOver } from "./canvas.js";

/** @type {WeakMap<Figure, Figure>} */
const made = new WeakMap();

/**
 * A figure whose upright axis is logarithmic: what is not above zero has no place on it.
 *
 * @param {Figure} figure
 * @returns {Figure} The same one each time.
 */
export function logarithmic(figure) {
  const known = made.get(figure);
  if (known) return known;
  const { yaxis, uirevision } = figure.layout;
  // A zoom made on one scale means nothing on the other.
  const axis = { ...yaxis, type: "log", rangemode: "normal", uirevision: `${uirevision} log` };
  const other = { ...figure, layout: { ...figure.layout, yaxis: axis } };
  made.set(figure, other);
  return other;
}

/**
 * What stands above a figure.
 *
 * @typedef {object} Above
 * @property {Frame["point"][]} tail Points that are newer than the figure, oldest first.
 * @property {number | undefined} cursor Epoch of the frame that is looked at; undefined for the newest.
 */

/**
 * The ends of the curves that are newer than a figure: for each curve its places, the last one drawn first.
 *
 * @param {Figure} figure
 * @param {Frame["point"][]} tail
 */
export function ends(figure, tail) {
  return figure.data.map((trace) => {
    const column = trace.meta?.column;
    const { x, y, customdata } = trace;
    if (column === undefined || !Array.isArray(x) || !Array.isArray(y) || !Array.isArray(customdata)) return [];
    let last = y.length - 1;
    while (last >= 0 && y[last] === null) last--;
    const drawn = last < 0 ? [] : [{ x: Number(x[last]), y: Number(y[last]) }];
    const since = last < 0 ? -1 : Number(customdata[last]);
    const newer = tail.filter((point) => (point.step ?? 0) > since && typeof point[column] === "number");
    return [...drawn, ...newer.map((point) => ({ x: Number(point.epoch), y: Number(point[column]) }))];
  });
}

/**
 * Draws what stands above a figure.
 *
 * @param {HTMLElement} root Root element of the view.
 * @param {Plot} plot
 * @param {Figure} figure What Plotly has drawn.
 * @param {Above} above
 * @param {string} colour Of the cursor.
 */
export function drawAbove(root, plot, figure, { tail, cursor }, colour) {
  const { xaxis, yaxis } = plot._fullLayout;
  const pen = layOver(root, plot, "ae-above-curves");
  if (!pen) return;
  ends(figure, tail).forEach((places, index) => {
    const trace = figure.data[index];
    const seen = plot._fullData[index]?.visible === true;
    if (!seen || !trace?.line || places.length < 2) return;
    pen.strokeStyle = plot._fullData[index]?.line?.color ?? trace.line.color;
    pen.lineWidth = 2;
    pen.setLineDash(trace.line.dash === "dash" ? [8, 5] : []);
    pen.beginPath();
    for (const { x, y } of places) pen.lineTo(xaxis.d2p(x), yaxis.d2p(y));
    pen.stroke();
  });
  if (cursor === undefined) return;
  pen.setLineDash([]);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  const at = xaxis.d2p(cursor);
  pen.beginPath();
  pen.moveTo(at, 0);
  pen.lineTo(at, yaxis._length);
  pen.stroke();
}
