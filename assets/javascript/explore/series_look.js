// @ts-check
/**
 * How series look: a panel for each channel, one below the other, with time from left to right.
 *
 * @import { Shown, Speak } from "../types/explore"
 * @import { Values } from "./values.js"
 */
import { BLUE, GREY, cut, drawing, shape, written } from "./vectors.js";

const MOST_CHANNELS = 4; // of which there are panels
const INKS = ["#8ec5ff", "#ffc07a", "#9be59b", "#e7a6ff"]; // on black
const [SMALL_WIDTH, SMALL_HEIGHT] = [96, 72]; // pixels of a small one
const STAIN = { width: 64, height: 40 }; // pixels of one on the plane
const STAIN_INK = "rgba(70, 90, 150, 0.55)"; // right in both themes
const [WIDTH, FOOT] = [300, 14]; // of the large drawing, in its own units
const PANELS = [130, 86]; // height of one panel alone, and of one of two
const PANEL = 62; // height of one of more
const [LEFT, RIGHT, HEAD] = [40, 296, 14];
const LONGEST = 40; // letters of a name

export class SeriesLook {
  kind = "series";
  grain = /** @type {[number, number]} */ ([7, 9]);
  behinds = /** @type {{ key: number, name: string }[]} */ ([]);
  tile = STAIN;

  /**
   * @param {Values} values
   * @param {number} rate Moments a second; 0 where that is unknown.
   */
  constructor(values, rate) {
    this.values = values;
    this.rate = rate;
    this.channels = Math.min(values.count, MOST_CHANNELS);
    this.each = PANELS[this.channels - 1] ?? PANEL;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ArrayLike<number>} series
   */
  paint(canvas, series) {
    Object.assign(canvas, { width: SMALL_WIDTH, height: SMALL_HEIGHT });
    const pen = canvas.getContext("2d");
    if (pen) this.curves(pen, series, SMALL_WIDTH, SMALL_HEIGHT, INKS, 2.4);
  }

  /**
   * Says which line of the small ones is which, and where its ends are.
   *
   * @param {HTMLElement} place
   * @param {Speak} word
   */
  explain(place, word) {
    const { values } = this;
    const lines = Array.from({ length: this.channels }, (_, channel) => {
      const [line, swatch, unit] = [document.createElement("span"), document.createElement("i"), values.titles[channel]?.unit];
      swatch.style.color = INKS[channel % INKS.length] ?? "";
      line.append(swatch, `${values.name(channel)}: ${values.ends(channel).join(" … ")}${unit ? ` ${unit}` : ""}`);
      return line;
    });
    const across = document.createElement("span");
    across.textContent = `${word("time_across")}: 0 … ${this.end}`;
    place.replaceChildren(...lines, across);
    place.classList.add("ae-legend", "ae-lines");
  }

  /** @param {HTMLElement} _place @param {Shown[]} _shown */
  label(_place, _shown) {}

  /** @param {HTMLElement} _place */
  mark(_place) {}

  /** The last moment, as a person reads it. */
  get end() {
    const last = this.values.moments - 1;
    return this.rate ? `${Number((last / this.rate).toPrecision(3))} s` : String(last);
  }

  /** @param {ArrayLike<number>} series */
  stain(series) {
    const { width, height } = STAIN;
    const pen = Object.assign(document.createElement("canvas"), STAIN).getContext("2d", { willReadFrequently: true });
    if (!pen) return undefined;
    this.curves(pen, series, width, height, [STAIN_INK], 1.5);
    return pen.getImageData(0, 0, width, height);
  }

  /** @returns {string[]} */
  ends() {
    return [];
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {ArrayLike<number>} series
   * @param {number} width
   * @param {number} height
   * @param {string[]} inks
   * @param {number} thick
   */
  curves(pen, series, width, height, inks, thick) {
    const each = height / this.channels;
    pen.lineWidth = thick;
    for (let channel = 0; channel < this.channels; channel++) {
      pen.strokeStyle = inks[channel % inks.length] ?? "";
      pen.beginPath();
      for (const { x, y } of this.points(series, channel, [2, width - 2], [each * (channel + 0.92), each * (channel + 0.08)])) {
        if (Number.isNaN(y)) pen.moveTo(x, each * channel);
        else pen.lineTo(x, y);
      }
      pen.stroke();
    }
  }

  /**
   * Where the values of a channel lie on a drawing; y is no number where one is unknown.
   *
   * @param {ArrayLike<number>} series
   * @param {number} channel
   * @param {[number, number]} across Where the first and the last moment are.
   * @param {[number, number]} up Where the lowest and the highest value are.
   */
  points(series, channel, [left, right], [low, high]) {
    const { moments, count } = this.values;
    return Array.from({ length: moments }, (_, moment) => {
      const at = moment * count + channel;
      const share = Math.min(Math.max(this.values.share(series[at] ?? NaN, at), -0.08), 1.08);
      return { x: left + (moment / (moments - 1 || 1)) * (right - left), y: low + share * (high - low) };
    });
  }

  /** @param {number} channel */
  panel(channel) {
    const top = HEAD + channel * this.each;
    return { top, low: top + this.each - 6, high: top + 12 };
  }

  /**
   * Draws one large, and another as a grey line behind it.
   *
   * @param {HTMLElement} place
   * @param {ArrayLike<number>} series
   * @param {ArrayLike<number> | undefined} beside
   * @param {Speak} word
   * @param {string} [besideWord] What the other one is.
   */
  portray(place, series, beside, word, besideWord = "nearest") {
    const content = Array.from({ length: this.channels }, (_, channel) => this.content(channel, series, beside)).flat();
    const height = HEAD + this.channels * this.each + FOOT;
    content.push(
      written("0", LEFT, height - 3, "middle"),
      written(this.end, RIGHT, height - 3, "end"),
      shape("line", { x1: LEFT, x2: LEFT + 12, y1: 6, y2: 6, stroke: BLUE, "stroke-width": 2 }),
      written(word("row_made"), LEFT + 16, 9, "start"),
    );
    if (beside) {
      content.push(
        shape("line", { x1: 160, x2: 172, y1: 6, y2: 6, stroke: GREY, "stroke-width": 4, "stroke-opacity": 0.6 }),
        written(word(besideWord), 176, 9, "start"),
      );
    }
    place.replaceChildren(drawing(WIDTH, height, content));
  }

  /**
   * @param {number} channel
   * @param {ArrayLike<number>} series
   * @param {ArrayLike<number> | undefined} beside
   */
  content(channel, series, beside) {
    const { values } = this;
    const { top, low, high } = this.panel(channel);
    const line = (/** @type {ArrayLike<number>} */ one, /** @type {Record<string, string | number>} */ look) => this.line(one, channel, look);
    const [unit, [lowest = "", highest = ""]] = [values.titles[channel]?.unit, values.ends(channel)];
    return [
      shape("rect", { x: LEFT, y: high, width: RIGHT - LEFT, height: low - high, fill: GREY, "fill-opacity": 0.1 }),
      written(cut(`${values.name(channel)}${unit ? ` (${unit})` : ""}`, LONGEST), LEFT, top + 10, "start"),
      written(highest, LEFT - 4, high + 7, "end"),
      written(lowest, LEFT - 4, low, "end"),
      ...(beside ? [line(beside, { stroke: GREY, "stroke-width": 3, "stroke-opacity": 0.6 })] : []),
      line(series, { stroke: BLUE, "stroke-width": 1.6 }),
    ];
  }

  /**
   * A series as a line in a channel's panel.
   *
   * @param {ArrayLike<number>} one
   * @param {number} channel
   * @param {Record<string, string | number>} look
   */
  line(one, channel, look) {
    const { low, high } = this.panel(channel);
    let pen = "M";
    const path = this.points(one, channel, [LEFT, RIGHT], [low, high]).map(({ x, y }) => {
      const [letter, known] = [pen, !Number.isNaN(y)];
      pen = known ? "L" : "M";
      return known ? `${letter}${x.toFixed(1)} ${y.toFixed(1)}` : "";
    });
    return shape("path", { d: path.join("") || "M0 0", fill: "none", "stroke-linejoin": "round", ...look });
  }

  /**
   * Covers a stretch of a channel on a large drawing.
   *
   * @param {HTMLElement} place That of the drawing.
   * @param {number} channel
   * @param {number} from Share of the time, like the next.
   * @param {number} to
   * @param {Record<string, string | number>} look
   */
  mantle(place, channel, from, to, look) {
    const { low, high } = this.panel(channel);
    const width = RIGHT - LEFT;
    place.firstElementChild?.append(shape("rect", { x: LEFT + from * width, y: high, width: (to - from) * width, height: low - high, ...look }));
  }

  /**
   * Adds a further series to a large drawing, as a thin line of dots.
   *
   * @param {HTMLElement} place That of the drawing.
   * @param {ArrayLike<number>} series
   */
  follow(place, series) {
    for (let channel = 0; channel < this.channels; channel++) {
      place.firstElementChild?.append(this.line(series, channel, { stroke: "currentColor", "stroke-width": 0.9, "stroke-dasharray": "1 2.5" }));
    }
  }

  /**
   * The moment, the channel and the value that a place of the large drawing stands for; undefined beside its panels.
   *
   * @param {number} x In the drawing's own units, like the next.
   * @param {number} y
   * @param {number} [channel] The one that is drawn on, however far one strays.
   */
  placeAt(x, y, channel = Math.floor((y - HEAD) / this.each)) {
    if (channel < 0 || channel >= this.channels) return undefined;
    const { values } = this;
    const { low, high } = this.panel(channel);
    const moment = Math.round(Math.min(Math.max((x - LEFT) / (RIGHT - LEFT), 0), 1) * (values.moments - 1));
    const share = Math.min(Math.max((low - y) / (low - high), 0), 1);
    const [least = 0, most = 1] = [values.low[channel], values.high[channel]];
    const at = moment * values.count + channel;
    return { moment, channel, value: values.seen(least + share * (most - least), at) };
  }
}

/** Width of the large drawing, in its own units. */
export const DRAWN_WIDTH = WIDTH;
