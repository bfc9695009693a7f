// @ts-check
/**
 * Drawings of lines, bars and words that stay sharp in any size, and can be taken away.
 */

const SVG = "http://www.w3.org/2000/svg";

export const GREY = "#8a8f98"; // seen on white and on near-black
export const BLUE = "#3b8fd6";

/**
 * A drawing as wide as its place.
 *
 * @param {number} width In its own units.
 * @param {number} height
 * @param {SVGElement[]} content
 */
export function drawing(width, height, content) {
  const root = shape("svg", { viewBox: `0 0 ${width} ${height}`, fill: "none", stroke: "none" });
  root.append(...content);
  return root;
}

/**
 * A part of a drawing. What a file calls its columns is text, and never anything else.
 *
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
export function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Words of a drawing.
 *
 * @param {string} text
 * @param {number} x
 * @param {number} y Of the line on which they stand.
 * @param {"start" | "middle" | "end"} anchor
 * @param {Record<string, string | number>} [look]
 */
export function written(text, x, y, anchor, look = {}) {
  return shape("text", { x, y, "text-anchor": anchor, "font-size": 9, fill: "currentColor", ...look }, text);
}

/**
 * A name as long as there is room.
 *
 * @param {string} name
 * @param {number} most Letters.
 */
export function cut(name, most) {
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}
