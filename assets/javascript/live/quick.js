// @ts-check
/**
 * Shows what changes from one frame to the next without Plotly, which takes twenty milliseconds for each view and frame:
 * pictures get another content. Plotly draws the figure when frames have come to rest.
 *
 * @import { Figure } from "../types/figure"
 */

/**
 * Shows a figure, if it differs in nothing but that from the one that Plotly has drawn.
 *
 * @param {HTMLElement} root Root element of the view.
 * @param {Figure} drawn What Plotly has drawn.
 * @param {Figure} figure
 * @returns {boolean} Whether it is shown, but for the points of a map.
 */
export function showQuickly(root, drawn, figure) {
  if (drawn.data.length !== figure.data.length || !sameAxes(drawn, figure)) return false;
  const pictures = picturesOf(figure);
  const places = root.querySelectorAll("image");
  if (pictures.length !== picturesOf(drawn).length || pictures.length !== places.length) return false;
  const map = figure.layout.meta.atlas !== undefined;
  if (!map && (figure.data[0]?.type !== "image" || !write(root, figure))) return false;
  places.forEach((place, index) => swap(place, pictures[index] ?? ""));
  return true;
}

/**
 * Whether two figures have the same axes, in the same places.
 *
 * @param {Figure} one
 * @param {Figure} other
 */
export function sameAxes(one, other) {
  const axes = (/** @type {Figure} */ { layout }) => JSON.stringify([layout.xaxis, layout.yaxis, layout.images?.map(placed)]);
  return axes(one) === axes(other);
}

/** @param {import("../types/plotly").LayoutImage} image */
function placed({ source, ...place }) {
  return place;
}

/**
 * The pictures of a figure as addresses, in the order in which they stand in the page: those behind all traces first.
 *
 * @param {Figure} figure
 * @returns {string[]}
 */
function picturesOf({ data, layout }) {
  const behind = (layout.images ?? []).map(({ source }) => source);
  return [...behind, ...data.flatMap(({ type, source }) => (type === "image" && source ? [source] : []))];
}

/**
 * @param {Element} place
 * @param {string} source
 */
function swap(place, source) {
  for (const name of ["href", "xlink:href"]) {
    if (place.hasAttribute(name) && place.getAttribute(name) !== source) place.setAttribute(name, source);
  }
}

/**
 * Writes the numbers that stand below pictures.
 *
 * @param {HTMLElement} root
 * @param {Figure} figure
 * @returns {boolean} Whether there is a place for each.
 */
function write(root, figure) {
  const texts = figure.data.flatMap((trace) => (trace.mode === "text" && Array.isArray(trace.text) ? trace.text : []));
  const places = root.querySelectorAll(".textpoint text");
  const notes = root.querySelectorAll(".annotation-text");
  const said = (figure.layout.annotations ?? []).map(({ text }) => text);
  if (texts.length !== places.length || said.length !== notes.length) return false;
  places.forEach((place, index) => set(place, texts[index]));
  notes.forEach((place, index) => set(place, said[index] ?? ""));
  return true;
}

/**
 * @param {Element} place
 * @param {string} text
 */
function set(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
