// @ts-check
/**
 * A chart for whoever has no pointer: a row of buttons, seen while the keyboard is at one of them, that come nearer, go
 * farther, show all, and take away a curve or a class as a click on its name in the legend does. The tab key stops at
 * the row once; left and right go along it, shift and the arrows move what is looked at.
 *
 * @import { Figure, Tool } from "../types/figure"
 * @import { Layout, Plot, Plotly, Trace } from "../types/plotly"
 */
import { axes } from "./theme.js";

const NEARER = 1.5; // times, at each press
const MOVED = 0.2; // of what is seen, at each press
/** @type {Tool[]} */
const TOOLS = ["nearer", "farther", "all"];
const SIGNS = { nearer: "+", farther: "−", all: "⤢" };

/**
 * An interval, zoomed about a place that stays where it is, and moved.
 *
 * @param {[number, number]} ends
 * @param {number} place
 * @param {number} nearer Times by which it gets shorter.
 * @param {number} by Its own lengths by which it moves.
 * @returns {[number, number]}
 */
export function interval([from, to], place, nearer, by) {
  const moved = by * (to - from);
  return [place + (from - place) / nearer + moved, place + (to - place) / nearer + moved];
}

/**
 * The middle of those numbers that are seen, so that one does not come nearer to where nothing is.
 *
 * @param {Iterable<number>} numbers
 * @param {[number, number]} ends
 */
export function middle(numbers, [from, to]) {
  const seen = [...numbers].filter((one) => one >= Math.min(from, to) && one <= Math.max(from, to)).sort((a, b) => a - b);
  return seen[Math.floor(seen.length / 2)] ?? (from + to) / 2;
}

const SIGNS_OF_PLOTLY = new Map([["&lt;", "<"], ["&gt;", ">"], ["&#123;", "{"], ["&amp;", "&"]]);

/**
 * A name as it is read, without what Plotly needs in it.
 *
 * @param {string} name
 */
export function legible(name) {
  return name.replace(/<br>/g, ", ").replace(/&(lt|gt|#123|amp);/g, (sign) => SIGNS_OF_PLOTLY.get(sign) ?? sign);
}

export class ChartTools {
  /**
   * Ends of the axes as keys have set them, by the axis's name.
   *
   * @type {Map<string, [number, number]>}
   */
  ends = new Map();
  /**
   * Names of what keys have taken away.
   *
   * @type {Set<string>}
   */
  hidden = new Set();
  /** What these belong to: they go when another run or another scale is drawn. */
  revision = "";
  /** @type {{ plotly: Plotly, plot: Plot, figure: Figure } | undefined} */
  drawn;

  /** @param {HTMLElement} root Root element of the view. */
  constructor(root) {
    this.row = root.appendChild(document.createElement("div"));
    this.row.className = "ae-chart-tools";
    this.row.setAttribute("role", "toolbar");
    this.row.hidden = true;
    this.row.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.press(target);
    });
    this.row.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * Puts into a figure what keys have chosen, before Plotly draws it.
   *
   * @param {{ data: Trace[], layout: Layout }} dressed
   */
  keep({ data, layout }) {
    const revision = JSON.stringify([layout.uirevision, ...[...axes(layout).values()].map((axis) => [axis.type, axis.uirevision])]);
    if (revision !== this.revision) {
      this.ends.clear();
      this.hidden.clear();
    }
    this.revision = revision;
    for (const [name, axis] of axes(layout)) {
      const ends = this.ends.get(name);
      if (ends) Object.assign(axis, { range: ends, autorange: false });
    }
    for (const trace of data) if (this.hidden.has(trace.name ?? "")) trace.visible = "legendonly";
  }

  /**
   * Offers what can be done with what Plotly has drawn.
   *
   * @param {Plotly} plotly
   * @param {Plot} plot
   * @param {Figure} figure
   */
  offer(plotly, plot, figure) {
    this.drawn = { plotly, plot, figure };
    this.row.hidden = Boolean(figure.layout.meta.plain);
    if (this.row.hidden) return;
    this.row.setAttribute("aria-label", figure.words.tools);
    this.row.title = figure.words.keys;
    const entries = this.entries();
    const values = [...TOOLS, ...entries.map(({ name }) => `=${name}`)];
    const known = [...this.row.querySelectorAll("button")];
    if (values.join("\n") !== known.map(({ value }) => value).join("\n")) this.fill(values);
    for (const button of this.row.querySelectorAll("button")) {
      const { value } = button;
      const tool = TOOLS.find((one) => one === value);
      button.textContent = tool ? SIGNS[tool] : legible(value.slice(1));
      if (tool) button.setAttribute("aria-label", figure.words[tool]);
      const entry = entries.find(({ name }) => `=${name}` === value);
      if (entry) button.setAttribute("aria-pressed", String(entry.visible));
    }
  }

  /** @param {string[]} values Of the buttons. */
  fill(values) {
    const at = this.row.contains(document.activeElement);
    const buttons = values.map((value, place) => {
      const button = document.createElement("button");
      return Object.assign(button, { type: "button", value, tabIndex: place ? -1 : 0 });
    });
    this.row.replaceChildren(...buttons);
    if (at) buttons[0]?.focus();
  }

  /** What stands in the legend, and whether it is drawn. */
  entries() {
    const { plot } = this.drawn ?? {};
    if (!plot || plot.layout.showlegend === false) return [];
    /** @type {Map<string, boolean>} */
    const visible = new Map();
    for (const { name, showlegend, visible: drawn } of plot._fullData) {
      if (name && showlegend !== false && drawn !== false) visible.set(name, drawn !== "legendonly");
    }
    return [...visible].map(([name, drawn]) => ({ name, visible: drawn }));
  }

  /** @param {HTMLButtonElement} button */
  press({ value }) {
    if (value === "nearer") this.look(NEARER, 0, 0);
    else if (value === "farther") this.look(1 / NEARER, 0, 0);
    else if (value === "all") this.lookAtAll();
    else this.turn(value.slice(1));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const across = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
    const up = { ArrowDown: -1, ArrowUp: 1 }[key] ?? 0;
    const tool = { "+": "nearer", "=": "nearer", "-": "farther", 0: "all" }[key];
    if (tool) this.row.querySelector(`button[value=${tool}]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    else if (shiftKey && (across || up)) this.look(1, MOVED * across, MOVED * up);
    else if (across) this.go(across);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the timeline has arrows too
  }

  /** @param {number} by To the button so many places on. */
  go(by) {
    const buttons = [...this.row.querySelectorAll("button")];
    const here = buttons.findIndex((button) => button === document.activeElement);
    const next = buttons[Math.min(Math.max(here + by, 0), buttons.length - 1)];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next?.focus();
  }

  /**
   * Looks at another part of the chart.
   *
   * @param {number} nearer Times by which one comes nearer.
   * @param {number} across Of what is seen, to the right.
   * @param {number} up
   */
  look(nearer, across, up) {
    if (!this.drawn) return;
    const { plotly, plot } = this.drawn;
    for (const [name, { range, fixedrange }] of axes(plot.layout)) {
      if (!range || fixedrange) continue;
      const place = middle(this.numbers(name), range);
      this.ends.set(name, interval(range, place, nearer, name.startsWith("x") ? across : up));
    }
    void plotly.relayout(plot, Object.fromEntries([...this.ends].map(([name, ends]) => [`${name}.range`, ends])));
  }

  /**
   * The numbers along an axis, as its range counts them. A map's points are not Plotly's: of them nothing is known here.
   *
   * @param {string} name
   * @returns {number[]}
   */
  numbers(name) {
    if (!this.drawn || this.drawn.figure.layout.meta.atlas) return [];
    const { plot } = this.drawn;
    const [letter, own] = [name.startsWith("x") ? "x" : "y", name.replace("axis", "")];
    const logarithmic = axes(plot.layout).get(name)?.type === "log";
    return plot._fullData
      .filter((trace) => trace.visible === true && (trace[letter === "x" ? "xaxis" : "yaxis"] ?? letter) === own)
      .flatMap((trace) => Array.from(trace[letter === "x" ? "x" : "y"] ?? []))
      .map((one) => (logarithmic ? Math.log10(one) : one))
      .filter(Number.isFinite);
  }

  /** Shows as much as was seen at first. */
  lookAtAll() {
    if (!this.drawn) return;
    const { plotly, plot, figure } = this.drawn;
    this.ends.clear();
    const first = axes(figure.layout);
    const whole = [...axes(plot.layout).keys()].map((name) => {
      const range = first.get(name)?.range;
      return range ? [`${name}.range`, [...range]] : [`${name}.autorange`, true];
    });
    void plotly.relayout(plot, Object.fromEntries(whole));
  }

  /** @param {string} name Of a curve or a class: it is taken away, or comes back. */
  turn(name) {
    if (!this.drawn) return;
    const { plotly, plot, figure } = this.drawn;
    const places = plot._fullData.flatMap((trace, place) => (trace.name === name ? [place] : []));
    const away = this.entries().some((entry) => entry.name === name && entry.visible);
    if (away) this.hidden.add(name);
    else this.hidden.delete(name);
    void plotly.restyle(plot, { visible: away ? "legendonly" : true }, places);
    this.offer(plotly, plot, figure);
  }
}
