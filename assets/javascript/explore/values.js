// @ts-check
/**
 * What the values of rows and series stand for: names, units and ends of each column of a table, or of each channel of a
 * series. Values are as the network sees them; a person is told them as the file held them.
 *
 * @import { ColumnTitle } from "../types/explore"
 * @import { Network } from "../network/network.js"
 */

const MOST_TOLD = 24; // columns of a row that are drawn one below the other
const FINENESS = 1 / 300; // of the range of a column, by which a person tells two of its values apart
const DIGITS = 6; // of a number, at most

export class Values {
  /**
   * @param {ColumnTitle[]} titles None where nothing is known of them.
   * @param {Network} network
   * @param {Float32Array[]} examples Held-out ones; NaN where a value is unknown.
   * @param {ArrayLike<number>} labels Their classes.
   * @param {number[]} [shape] `(columns,)` or `(time, channels)`.
   */
  constructor(titles, network, examples, labels, shape = network.description.examples.shape) {
    this.scale = network.scale;
    this.offset = network.offset;
    /** Columns of a row, channels of a series. */
    this.count = shape.at(-1) ?? 1;
    this.moments = shape.length === 2 ? (shape[0] ?? 1) : 1;
    this.titles = Array.from({ length: this.count }, (_, at) => titles[at] ?? { name: `x${at + 1}`, unit: "", category: "" });
    this.low = new Float64Array(this.count).fill(Infinity);
    this.high = new Float64Array(this.count).fill(-Infinity);
    for (const one of examples) {
      one.forEach((value, at) => {
        if (Number.isNaN(value)) return;
        const [place, raw] = [at % this.count, this.raw(value, at)];
        this.low[place] = Math.min(this.low[place] ?? raw, raw);
        this.high[place] = Math.max(this.high[place] ?? raw, raw);
      });
    }
    this.low.forEach((low, at) => {
      if (low < (this.high[at] ?? low)) return;
      this.low[at] = Number.isFinite(low) ? low - 1 : 0; // one that never changes, or is never known
      this.high[at] = Number.isFinite(low) ? low + 1 : 1;
    });
    const most = this.count > MOST_TOLD ? ranked(this.count, examples, labels) : [...this.titles.keys()];
    /** The columns that are shown one by one: all of few; of many those that tell the classes apart best. */
    this.told = most.slice(0, MOST_TOLD);
  }

  /**
   * A value as the file held it.
   *
   * @param {number} value
   * @param {number} at Its place in an example.
   */
  raw(value, at) {
    return (value - (this.offset[at % this.offset.length] ?? 0)) / (this.scale[at % this.scale.length] ?? 1);
  }

  /**
   * The way back.
   *
   * @param {number} raw
   * @param {number} at Its place in an example.
   */
  seen(raw, at) {
    return raw * (this.scale[at % this.scale.length] ?? 1) + (this.offset[at % this.offset.length] ?? 0);
  }

  /**
   * Where a value lies between the ends of its column or channel: 0 to 1, or beyond.
   *
   * @param {number} value
   * @param {number} at Its place in an example.
   */
  share(value, at) {
    const [low = 0, high = 1] = [this.low[at % this.count], this.high[at % this.count]];
    return (this.raw(value, at) - low) / (high - low);
  }

  /**
   * A value as a person reads it, with its unit.
   *
   * @param {number} value
   * @param {number} at Its place in an example.
   */
  text(value, at) {
    const unit = this.titles[at % this.count]?.unit;
    return Number.isNaN(value) ? "?" : `${this.tidy(this.raw(value, at), at % this.count)}${unit ? ` ${unit}` : ""}`;
  }

  /**
   * A number as exact as its column's range makes it worth while, so that what only rounding keeps from 0 is 0.
   *
   * @param {number} raw
   * @param {number} place Of its column or channel.
   */
  tidy(raw, place) {
    const span = (this.high[place] ?? 1) - (this.low[place] ?? 0);
    const step = 10 ** Math.floor(Math.log10(FINENESS * span));
    return short(Math.round(raw / step) * step);
  }

  /**
   * Lowest and highest value of a column or channel, as a person reads them.
   *
   * @param {number} place
   */
  ends(place) {
    return [this.low[place] ?? 0, this.high[place] ?? 1].map((raw) => this.tidy(raw, place));
  }

  /**
   * What a column or channel is called.
   *
   * @param {number} place
   */
  name(place) {
    const { name = "", category = "" } = this.titles[place] ?? {};
    return category ? `${name}: ${category}` : name;
  }

  /** Whether each channel stands for one of the values of a single variable, such as a letter. */
  get spelled() {
    return this.moments > 1 && this.titles.every(({ name, category }) => category && name === this.titles[0]?.name);
  }
}

/**
 * A number of few digits.
 *
 * @param {number} value
 */
export function short(value) {
  return String(Number(value.toPrecision(DIGITS)));
}

/**
 * Columns in the order in which they tell classes apart, or in which they vary where there are no classes: the share of
 * the variance that lies between classes, or all of it.
 *
 * @param {number} count Columns.
 * @param {Float32Array[]} examples
 * @param {ArrayLike<number>} labels
 */
export function ranked(count, examples, labels) {
  const several = Array.from(labels).some((label) => label !== labels[0]);
  const worth = Array.from({ length: count }, (_, column) => {
    /** @type {Map<number, { count: number, sum: number }>} */
    const classes = new Map();
    let [known, sum, squares] = [0, 0, 0];
    examples.forEach((one, place) => {
      const value = one[column] ?? NaN;
      if (Number.isNaN(value)) return;
      const label = labels[place] ?? 0;
      const mine = classes.get(label) ?? { count: 0, sum: 0 };
      classes.set(label, { count: mine.count + 1, sum: mine.sum + value });
      known += 1;
      sum += value;
      squares += value * value;
    });
    const mean = sum / (known || 1);
    const all = squares - known * mean * mean;
    if (!several || !(all > 0)) return all > 0 ? all : 0;
    return [...classes.values()].reduce((total, one) => total + one.count * (one.sum / one.count - mean) ** 2, 0) / all;
  });
  return [...worth.keys()].sort((one, other) => (worth[other] ?? 0) - (worth[one] ?? 0) || one - other);
}
