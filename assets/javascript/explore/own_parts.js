// @ts-check
/**
 * In which way one makes an example of one's own.
 *
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 * @import { OwnPart } from "./own_part.js"
 */
import { DrawPart } from "./draw_part.js";
import { PictureLook } from "./picture_look.js";
import { RowLook } from "./row_look.js";
import { SeriesLook } from "./series_look.js";
import { SketchPart } from "./sketch_part.js";
import { SpellPart } from "./spell_part.js";
import { SpelledLook } from "./spelled_look.js";
import { WhatIfPart } from "./what_if_part.js";

/** @type {Map<Function, new (place: HTMLElement, explorer: Explorer, model: Model) => OwnPart>} By the look of examples. */
const PARTS = new Map();
PARTS.set(PictureLook, DrawPart).set(RowLook, WhatIfPart).set(SeriesLook, SketchPart).set(SpelledLook, SpellPart);

/**
 * The part of the page in which one makes an example.
 *
 * @param {HTMLElement} place
 * @param {Explorer} explorer
 * @param {Model} model
 */
export function ownPart(place, explorer, model) {
  const Part = PARTS.get(model.look.constructor);
  return Part && new Part(place, explorer, model);
}
