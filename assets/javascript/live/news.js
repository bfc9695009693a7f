// @ts-check
/**
 * Which of two pictures counts. They come by two ways: with Streamlit's messages, and over the listener's WebSocket.
 *
 * @import { Figure } from "../types/figure"
 */

/**
 * Whether a figure that Streamlit brings is to be drawn: not if what was heard of the same thing meanwhile is newer.
 *
 * @param {Figure} figure
 * @param {Figure | undefined} shown What the view shows already.
 */
export function replaces(figure, shown) {
  return !(figure.of && figure.of === shown?.of && figure.at < shown.at);
}

/**
 * Whether a figure that the listener brings is a later picture of what is shown already.
 *
 * @param {Figure} figure
 * @param {Figure | undefined} shown
 */
export function continues(figure, shown) {
  return figure.of === shown?.of && figure.at > shown.at;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array | undefined} other
 */
export function sameBytes(one, other) {
  return one === other || (one.length === other?.length && one.every((byte, place) => byte === other[place]));
}
