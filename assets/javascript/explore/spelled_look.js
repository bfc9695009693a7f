// @ts-check
/**
 * How series look whose channels are the values of one variable, such as letters: the likeliest one at each moment.
 *
 * @import { Shown, Speak } from "../types/explore"
 * @import { Values } from "./values.js"
 */
import { BLUE, GREY, drawing, shape, written } from "./vectors.js";

const [SMALL_WIDTH, SMALL_HEIGHT] = [120, 40]; // pixels of a small one
const STAIN = { width: 72, height: 44 }; // pixels of one on the plane
const INK = "rgb(70, 90, 150)"; // right in both themes
const [WIDTH, LINE, HEAD] = [300, 20, 16]; // of the large drawing, in its own units
const LIKELIEST = 4; // values that are told of each moment
const LONGEST = 6; // letters of a value

export class SpelledLook {
  kind = "series";
  grain = /** @type {[number, number]} */ ([5, 7]);
  behinds = /** @type {{ key: number, name: string }[]} */ ([]);
  tile = STAIN;

  /** @param {Values} values */
  constructor(values) {
    this.values = values;
    const letters = values.titles.filter(({ category }) => category.length === 1).length;
    /** Whether they are written without spaces; what stands after the end of a text is then longer than a letter. */
    this.close = letters >= values.count - 1;
  }

  /**
   * The likeliest value at each moment.
   *
   * @param {ArrayLike<number>} series
   */
  spelled(series) {
    const parts = this.likeliest(series).map(([first]) => (this.close && (first?.name.length ?? 0) > 1 ? "" : (first?.name ?? "")));
    return this.close ? parts.join("") : parts.join(" ");
  }

  /**
   * The values at each moment, the likeliest first.
   *
   * @param {ArrayLike<number>} series
   */
  likeliest(series) {
    const { moments, count, titles } = this.values;
    return Array.from({ length: moments }, (_, moment) => {
      const all = titles.map(({ category }, place) => {
        const at = moment * count + place;
        return { name: category, share: Math.min(Math.max(this.values.raw(series[at] ?? 0, at), 0), 1) };
      });
      return all.sort((one, other) => other.share - one.share).slice(0, LIKELIEST);
    });
  }

  /**
   * A text as the network is given it; undefined where one of its letters is unknown, or there are too many.
   *
   * @param {string} text
   */
  read(text) {
    const { moments, count, titles } = this.values;
    const letters = this.close ? [...text.toLowerCase().trim()] : text.trim().split(/\s+/);
    const after = titles.findIndex(({ category }) => category.length > 1);
    if (letters.length > moments) return undefined;
    const series = new Float32Array(moments * count);
    for (let at = 0; at < series.length; at++) series[at] = this.values.seen(0, at);
    for (let moment = 0; moment < moments; moment++) {
      const letter = letters[moment];
      const place = letter === undefined ? after : titles.findIndex(({ category }) => category === letter);
      if (place < 0) return undefined;
      series[moment * count + place] = this.values.seen(1, moment * count + place);
    }
    return series;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ArrayLike<number>} series
   */
  paint(canvas, series) {
    Object.assign(canvas, { width: SMALL_WIDTH, height: SMALL_HEIGHT });
    const pen = canvas.getContext("2d");
    if (pen) this.write(pen, series, SMALL_WIDTH, SMALL_HEIGHT, "#ffffff");
  }

  /** @param {HTMLElement} _place */
  explain(_place) {}

  /** @param {HTMLElement} _place @param {Shown[]} _shown */
  label(_place, _shown) {}

  /** @param {HTMLElement} _place */
  mark(_place) {}

  /** @param {ArrayLike<number>} series */
  stain(series) {
    const pen = Object.assign(document.createElement("canvas"), STAIN).getContext("2d", { willReadFrequently: true });
    if (!pen) return undefined;
    this.write(pen, series, STAIN.width, STAIN.height, INK);
    return pen.getImageData(0, 0, STAIN.width, STAIN.height);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {ArrayLike<number>} series
   * @param {number} width
   * @param {number} height
   * @param {string} ink
   */
  write(pen, series, width, height, ink) {
    const text = this.spelled(series);
    pen.font = `${Math.min(0.6 * height, 22, (1.7 * width) / Math.max(text.length, 5))}px sans-serif`;
    pen.fillStyle = ink;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(text, width / 2, height / 2, width - 4);
  }

  /** @returns {string[]} */
  ends() {
    return [];
  }

  /**
   * Draws one large: the likeliest values at each moment, the likelier the darker; and another one above it.
   *
   * @param {HTMLElement} place
   * @param {ArrayLike<number>} series
   * @param {ArrayLike<number> | undefined} beside
   * @param {Speak} word
   * @param {string} [besideWord] What the other one is.
   */
  portray(place, series, beside, word, besideWord = "nearest") {
    const all = this.likeliest(series);
    const step = WIDTH / all.length;
    const middle = (/** @type {number} */ moment) => (moment + 0.5) * step;
    const content = [written(`${word("row_made")}: ${this.spelled(series)}`, 4, 11, "start")];
    all.forEach((some, moment) => {
      some.forEach(({ name, share }, at) => {
        const y = HEAD + at * LINE;
        content.push(
          shape("rect", { x: moment * step + 1, y: y + 1, width: step - 2, height: LINE - 2, fill: BLUE, "fill-opacity": (0.65 * share).toFixed(3) }),
          written(name.slice(0, LONGEST), middle(moment), y + 14, "middle", { "font-size": name.length > 2 ? 7 : 12, "fill-opacity": (0.25 + 0.75 * share).toFixed(3) }),
        );
      });
    });
    const bottom = HEAD + LIKELIEST * LINE + 12;
    if (beside) content.push(written(`${word(besideWord)}: ${this.spelled(beside)}`, 4, bottom, "start", { fill: GREY }));
    place.replaceChildren(drawing(WIDTH, bottom + 6, content));
  }
}
