// @ts-check
/**
 * Figures that show all steps at once: they grow while a run trains, and a line says which frame is looked at.
 *
 * @import { Figure } from "../types/figure"
 * @import { Frame } from "../types/stage"
 */

/**
 * A figure with one more point at the end of each curve that says which column it shows.
 *
 * @param {Figure} figure
 * @param {Frame["point"]} point
 * @returns {Figure}
 */
export function grown(figure, point) {
  const { epoch, step } = point;
  const data = figure.data.map((trace) => {
    const column = trace.meta?.column;
    const value = column === undefined ? undefined : point[column];
    const { x, y, customdata } = trace;
    if (value === undefined || !Array.isArray(x) || !Array.isArray(y) || !Array.isArray(customdata)) return trace;
    if (customdata.at(-1) >= (step ?? 0)) return trace;
    return { ...trace, mode: "lines", x: [...x, epoch], y: [...y, value], customdata: [...customdata, step] };
  });
  return { ...figure, data };
}

/**
 * A figure with an upright line where a frame stands.
 *
 * @param {Figure} figure
 * @param {number} epoch
 * @returns {Figure}
 */
export function withCursor(figure, epoch) {
  const cursor = { type: "line", yref: "paper", x0: epoch, x1: epoch, y0: 0, y1: 1, name: "cursor" };
  return { ...figure, layout: { ...figure.layout, shapes: [...(figure.layout.shapes ?? []), cursor] } };
}

/**
 * A figure whose upright axis is logarithmic: what is not above zero has no place on it.
 *
 * @param {Figure} figure
 * @returns {Figure}
 */
export function logarithmic(figure) {
  const { yaxis, uirevision } = figure.layout;
  // A zoom made on one scale means nothing on the other.
  const axis = { ...yaxis, type: "log", rangemode: "normal", uirevision: `${uirevision} log` };
  return { ...figure, layout: { ...figure.layout, yaxis: axis } };
}
