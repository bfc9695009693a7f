// @ts-check
/**
 * How rows of a table look: small, as upright strips of colours, with the names of the columns and the values of one beside
 * them; large, as a bar for each column with its name and its unit; on the plane, as the colour of one column.
 *
 * @import { Shown, Speak } from "../types/explore"
 * @import { Values } from "./values.js"
 */
import { RowLabels } from "./row_labels.js";
import { shade } from "./shades.js";
import { BLUE, GREY, cut, drawing, shape, written } from "./vectors.js";

const [WIDTH, LINE, HEAD] = [300, 13, 16]; // of the drawing, in its own units
const [LEFT, RIGHT] = [104, 236]; // ends of the bars
const LONGEST = 22; // letters of a name
const SEEN_THROUGH = 150; // of 255: how much of a colour lies behind the points

export class RowLook {
  kind = "row";
  /** How many places of the plane are decoded beside each other, at first and once nobody drags. */
  grain = /** @type {[number, number]} */ ([9, 21]);
  tile = { width: 1, height: 1 };
  /** @type {WeakMap<HTMLElement, RowLabels>} By the elements that hold small ones. */
  labels = new WeakMap();

  /** @param {Values} values */
  constructor(values) {
    this.values = values;
    this.behinds = values.told.map((key) => ({ key, name: values.name(key) }));
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ArrayLike<number>} row
   */
  paint(canvas, row) {
    const { told } = this.values;
    Object.assign(canvas, { width: 1, height: told.length });
    const image = new ImageData(1, told.length);
    told.forEach((column, at) => image.data.set([...shade(this.share(row, column)), 255], 4 * at));
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  /**
   * Says what the colours of small ones stand for.
   *
   * @param {HTMLElement} place
   * @param {Speak} word
   */
  explain(place, word) {
    const scale = document.createElement("i");
    place.replaceChildren(word("column_lowest"), scale, word("column_highest"));
    place.classList.add("ae-ends");
  }

  /**
   * Says what small ones hold.
   *
   * @param {HTMLElement} place Holds them.
   * @param {Shown[]} shown
   * @param {Speak} word
   */
  label(place, shown, word) {
    const labels = this.labels.get(place) ?? new RowLabels(place, this.values, word);
    this.labels.set(place, labels);
    labels.show(shown);
  }

  /**
   * Marks one of some small ones.
   *
   * @param {HTMLElement} place Holds them.
   * @param {number} at
   */
  mark(place, at) {
    this.labels.get(place)?.mark(at);
  }

  /**
   * @param {ArrayLike<number>} row
   * @param {number} column
   */
  share(row, column) {
    return this.values.share(row[column] ?? NaN, column);
  }

  /**
   * The colour of a column; undefined where nothing is to lie behind the points.
   *
   * @param {ArrayLike<number>} row
   * @param {number} column
   */
  stain(row, column) {
    if (column < 0) return undefined;
    return new ImageData(new Uint8ClampedArray([...shade(this.share(row, column)), SEEN_THROUGH]), 1, 1);
  }

  /**
   * What the darkest and the brightest colour behind the points stand for.
   *
   * @param {number} column
   */
  ends(column) {
    if (column < 0) return [];
    const [unit, [low = "", high = ""]] = [this.values.titles[column]?.unit, this.values.ends(column)];
    return [low, unit ? `${high} ${unit}` : high];
  }

  /**
   * Draws one large: a bar for each column, and a mark where another row has it.
   *
   * @param {HTMLElement} place
   * @param {ArrayLike<number>} row
   * @param {ArrayLike<number> | undefined} beside
   * @param {Speak} word
   * @param {string} [besideWord] What the other one is.
   */
  portray(place, row, beside, word, besideWord = "nearest") {
    const { told } = this.values;
    const head = beside ? HEAD : 0;
    const content = told.flatMap((column, at) => this.bar(column, head + at * LINE, row, beside));
    if (beside) {
      content.push(
        shape("rect", { x: LEFT, y: 3, width: 8, height: 6, fill: BLUE }),
        written(word("row_made"), LEFT + 12, 9, "start"),
        shape("rect", { x: 180, y: 1, width: 2, height: 10, fill: "currentColor" }),
        written(word(besideWord), 186, 9, "start"),
      );
    }
    place.replaceChildren(drawing(WIDTH, head + told.length * LINE, content));
  }

  /**
   * @param {number} column
   * @param {number} top
   * @param {ArrayLike<number>} row
   * @param {ArrayLike<number> | undefined} beside
   */
  bar(column, top, row, beside) {
    const x = (/** @type {number} */ share) => LEFT + Math.min(Math.max(share, -0.02), 1.02) * (RIGHT - LEFT);
    const [share, other] = [this.share(row, column), beside ? this.share(beside, column) : NaN];
    const name = this.values.name(column);
    const parts = [
      written(cut(name, LONGEST), LEFT - 4, top + 9, "end"),
      shape("rect", { x: LEFT, y: top + 2.5, width: RIGHT - LEFT, height: 7, fill: GREY, "fill-opacity": 0.18 }),
      written(this.values.text(row[column] ?? NaN, column), RIGHT + 5, top + 9, "start"),
    ];
    parts[1]?.append(shape("title", {}, name));
    if (!Number.isNaN(share)) parts.push(shape("rect", { x: LEFT, y: top + 2.5, width: Math.max(0, x(share) - LEFT), height: 7, fill: BLUE }));
    if (!Number.isNaN(other)) parts.push(shape("rect", { x: x(other) - 1, y: top + 1, width: 2, height: 10, fill: "currentColor" }));
    return parts;
  }
}
