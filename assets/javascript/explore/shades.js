// @ts-check
/**
 * Colours from the lowest to the highest value of a column: those of the app's other figures, which colour-blind eyes tell
 * apart too.
 */

// Cividis, as `ae_core/formats/png_sheets.py` has it.
const ANCHORS = [[0, 34, 78], [65, 77, 107], [124, 123, 120], [188, 175, 111], [254, 232, 56]];
const UNKNOWN = [128, 128, 128];

/**
 * The colour of a place between lowest and highest.
 *
 * @param {number} share 0 to 1; what lies beyond counts as the end, and what is unknown is grey.
 * @returns {[number, number, number]}
 */
export function shade(share) {
  if (Number.isNaN(share)) return /** @type {[number, number, number]} */ (UNKNOWN);
  const place = Math.min(Math.max(share, 0), 1) * (ANCHORS.length - 1);
  const below = Math.min(Math.floor(place), ANCHORS.length - 2);
  const [from = UNKNOWN, to = UNKNOWN] = [ANCHORS[below], ANCHORS[below + 1]];
  const [red = 0, green = 0, blue = 0] = from.map((value, at) => value + (place - below) * ((to[at] ?? 0) - value));
  return [red, green, blue];
}
