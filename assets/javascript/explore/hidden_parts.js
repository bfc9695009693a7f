// @ts-check
/**
 * In which way one hides parts of an example.
 *
 * @import { Exploration } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { HiddenPart } from "./hidden_part.js"
 * @import { Model } from "./model.js"
 */
import { HiddenPicturePart } from "./hidden_picture_part.js";
import { HiddenSeriesPart } from "./hidden_series_part.js";
import { SeriesLook } from "./series_look.js";

/**
 * The part of the page in which one hides: patches of pictures, or stretches of series, if the training hid some too.
 *
 * @param {Model} model
 * @param {Exploration} wanted
 * @returns {((place: HTMLElement, explorer: Explorer) => HiddenPart) | undefined}
 */
export function hiddenPart(model, { patch, noise }) {
  const { look } = model;
  if (patch) return (place, explorer) => new HiddenPicturePart(place, explorer, model, patch);
  if (noise?.kind !== "masking" || !(look instanceof SeriesLook)) return undefined;
  return (place, explorer) => new HiddenSeriesPart(place, explorer, model, look);
}
