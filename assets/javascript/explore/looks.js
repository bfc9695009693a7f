// @ts-check
/**
 * Which look the examples of a run have.
 *
 * @import { Exploration, Look } from "../types/explore"
 * @import { Values } from "./values.js"
 */
import { RowLook } from "./row_look.js";
import { SeriesLook } from "./series_look.js";
import { SpelledLook } from "./spelled_look.js";

/**
 * The look of rows or series.
 *
 * @param {Exploration} wanted
 * @param {Values} values
 * @returns {Look}
 */
export function lookOf({ noun, rate }, values) {
  if (noun === "row" && values.moments === 1) return new RowLook(values);
  return values.spelled ? new SpelledLook(values) : new SeriesLook(values, rate);
}
