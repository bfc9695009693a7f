// @ts-check
/**
 * Saves a view as a PNG or an SVG.
 *
 * @import { Figure, Format } from "../types/figure"
 * @import { Layout, Trace } from "../types/plotly"
 */
import { PAPER, axes, dress } from "./theme.js";

const WIDTH = 900; // pixels of a saved picture; a PNG has twice as many

/** @type {Format[]} */
const FORMATS = ["png", "svg"];

// Points are drawn as shapes, which are sharp at any size.
const PRINTER = { webgl: () => false, touch: () => false };

/** Two buttons above the view, outside it: an element that is one image for a screen reader has no buttons in it. */
export class SaveButtons {
  /**
   * @param {Element} place Where they stand.
   * @param {(format: Format) => void} save
   */
  constructor(place, save) {
    this.place = place;
    place.addEventListener("click", ({ target }) => {
      for (const format of FORMATS) if (target === this.known(format)) save(format);
    });
  }

  /**
   * Shows them, in the words of the figure.
   *
   * @param {Figure} figure
   * @param {string} name What the view shows.
   */
  offer({ words }, name) {
    if (!words) return;
    for (const format of FORMATS) {
      const button = this.known(format) ?? this.add(format);
      button.title = words[format];
      button.setAttribute("aria-label", `${words[format]}: ${name}`);
    }
  }

  /**
   * @param {Format} format
   * @returns {HTMLButtonElement | null}
   */
  known(format) {
    return this.place.querySelector(`button[value=${format}]`);
  }

  /** @param {Format} format */
  add(format) {
    const button = this.place.appendChild(document.createElement("button"));
    return Object.assign(button, { type: "button", value: format, textContent: format.toUpperCase() });
  }
}

/**
 * What is seen now, with zoom and hidden curves, dark on white.
 *
 * @param {Figure} figure
 * @param {{ data: Trace[], layout: Layout }} seen What Plotly has drawn of it.
 */
export function onPaper(figure, seen) {
  const { data, layout } = dress(figure, PAPER, PRINTER);
  layout.paper_bgcolor = layout.plot_bgcolor = PAPER.background;
  const zoomed = axes(seen.layout);
  for (const [name, axis] of axes(layout)) {
    const { range, autorange } = zoomed.get(name) ?? {};
    if (autorange === false && range) Object.assign(axis, { range: [...range], autorange });
  }
  data.forEach((trace, place) => (trace.visible = seen.data[place]?.visible ?? true));
  return { data, layout };
}

/**
 * How a saved picture is to be made.
 *
 * @param {Figure} figure
 * @param {Format} format
 * @param {string} name What the view shows.
 * @param {{ clientWidth: number, clientHeight: number }} view The element, whose proportions the picture has.
 */
export function picture(figure, format, name, view) {
  return {
    format,
    width: WIDTH,
    height: Math.round((WIDTH * view.clientHeight) / view.clientWidth),
    scale: format === "png" ? 2 : 1,
    filename: [figure.layout.meta.file, name, figure.step].join("-"),
  };
}
