// @ts-check
/**
 * Colours and fonts. Figures come without them, so that one figure serves every reader, and are dressed here.
 *
 * @import { Figure } from "../types/figure"
 * @import { Axis, Layout, Trace } from "../types/plotly"
 * @import { Device } from "./device.js"
 */
import { GRAPHIC, TEXT, legible } from "./legible.js";

/**
 * What a figure looks like.
 *
 * @typedef {object} Look
 * @property {string} text Colour of text.
 * @property {string} line Colour of axes and grid: that of text, thinned.
 * @property {string} background Colour of the page.
 * @property {string} font Font families, as in CSS.
 * @property {boolean} small Whether a view has to arrange itself for a phone.
 * @property {number} type How many times as large as usual text is, and lines are thick.
 */

const USUAL = 16; // pixels of the root's type on a page that is not made larger
const SMALL = 480; // pixels of width below which a view is small
const SIDES = ["l", "r", "t", "b"]; // of a margin
const THIN = 0.13; // opacity of lines
const TOOL = 0.5; // opacity of the tools above a chart

/**
 * The look of saved pictures: dark on white in both themes, for slides and papers, in a font that every machine has.
 *
 * @type {Look}
 */
export const PAPER = {
  text: "#1f2933",
  line: `rgba(31,41,51,${THIN})`,
  background: "#ffffff",
  font: "Arial, Helvetica, sans-serif",
  small: false,
  type: 1,
};

/**
 * The look of the page as it is now: light or dark, whatever the host chose.
 *
 * @param {Element} root Root element of a view.
 * @returns {Look}
 */
export function pageLook(root) {
  const style = getComputedStyle(root);
  const type = (parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL) / USUAL;
  return {
    text: style.color,
    line: faded(style.color, THIN * type),
    background: style.getPropertyValue("--st-background-color").trim() || "#fff",
    font: style.fontFamily,
    small: root.clientWidth < SMALL * type,
    type,
  };
}

/**
 * A colour with an opacity.
 *
 * @param {string} colour `rgb(…)` or `rgba(…)`, as computed styles have it.
 * @param {number} opacity
 */
export function faded(colour, opacity) {
  const [red, green, blue] = colour.match(/[\d.]+/g) ?? [];
  return `rgba(${red},${green},${blue},${opacity})`;
}

/**
 * A figure in the colours of a look. It is a copy, because Plotly writes into what it is given.
 *
 * @param {Figure} figure
 * @param {Look} look
 * @param {Device} device
 * @returns {{ data: Trace[], layout: Figure["layout"] }}
 */
export function dress(figure, look, device) {
  const layout = coloured(enlarged(structuredClone(figure.layout), look.type), look.background);
  const font = { color: look.text, family: look.font };
  const size = (look.small ? 10.5 : 12) * look.type;
  layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
  layout.font = { ...font, size };
  layout.hoverlabel = { bgcolor: look.background, bordercolor: look.line, font };
  layout.modebar = { bgcolor: "transparent", color: faded(look.line, TOOL), activecolor: look.text };
  for (const axis of axes(layout).values()) {
    Object.assign(axis, { gridcolor: look.line, linecolor: look.line, zerolinecolor: look.line });
    if (axis.title) Object.assign(axis.title, { standoff: look.small ? 4 : 8, font: { size } });
  }
  if (look.small && layout.meta.atlas && layout.showlegend) {
    layout.legend = { ...layout.legend, orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
  }
  // A finger that moves over a chart scrolls the page.
  if (!hasTools(figure, device)) layout.dragmode = false;
  const data = figure.data.map((trace) => ({
    ...coloured(enlarged(trace, look.type), look.background),
    type: trace.type === "scattergl" && !device.webgl() ? "scatter" : trace.type,
  }));
  return { data, layout };
}

/**
 * What a figure holds with larger text and thicker lines, where it gives them a size of its own; it stays as it was.
 *
 * @template Part
 * @param {Part} part
 * @param {number} times
 * @returns {Part}
 */
function enlarged(part, times) {
  if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) {
    return /** @type {Part} */ (typeof part[0] === "object" ? part.map((one) => enlarged(one, times)) : part);
  }
  /** @type {Record<string, unknown>} */
  const copy = Object.fromEntries(Object.entries(part));
  for (const [name, value] of Object.entries(copy)) {
    const grown = (copy[name] = enlarged(value, times));
    const sizes = name === "margin" ? [...SIDES] : [name.endsWith("font") ? "size" : name === "line" ? "width" : ""];
    for (const size of sizes) if (isRecord(grown) && typeof grown[size] === "number") grown[size] *= times;
  }
  return /** @type {Part} */ (copy);
}

/**
 * What a figure holds with its colours as far from the background as eyes need; it stays as it was.
 *
 * @template Part
 * @param {Part} part
 * @param {string} background
 * @param {number} [wanted] Contrast.
 * @returns {Part}
 */
function coloured(part, background, wanted = GRAPHIC) {
  if (!isRecord(part) || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) {
    return /** @type {Part} */ (typeof part[0] === "object" ? part.map((one) => coloured(one, background, wanted)) : part);
  }
  const copy = Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      if (name !== "color") return [name, coloured(value, background, name.endsWith("font") ? TEXT : wanted)];
      const shown = (/** @type {unknown} */ one) => (typeof one === "string" ? legible(one, background, wanted) : one);
      return [name, Array.isArray(value) ? value.map(shown) : shown(value)];
    }),
  );
  return /** @type {Part} */ (copy);
}

/**
 * @param {unknown} part
 * @returns {part is Record<string, unknown>}
 */
function isRecord(part) {
  return typeof part === "object" && part !== null;
}

/**
 * Whether a view has tools to pan and to zoom.
 *
 * @param {Figure} figure
 * @param {Device} device
 */
export function hasTools(figure, device) {
  return !figure.layout.meta.plain && !device.touch();
}

/**
 * The axes of a layout by name: `xaxis`, `yaxis`, `xaxis2` and so on.
 *
 * @param {Layout} layout
 * @returns {Map<string, Axis>}
 */
export function axes(layout) {
  return new Map(Object.entries(layout).filter(([name]) => /^[xy]axis\d*$/.test(name)));
}
