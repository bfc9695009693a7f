// @ts-check
/**
 * What is played with where examples are rows or series: they stay as the network sees them, and an unknown value is no
 * number.
 *
 * @import { Network } from "../network/network.js"
 * @import { Look } from "../types/explore"
 * @import { Codes } from "./codes.js"
 * @import { Values } from "./values.js"
 */
import { Model } from "./model.js";
import { nearestRows } from "./neighbours.js";

export class ValueModel extends Model {
  /**
   * @param {Network} network
   * @param {Float32Array[]} examples Held-out ones, as the network sees them.
   * @param {Codes} codes
   * @param {Uint8Array} labels
   * @param {Look} look
   * @param {Values} values What they stand for.
   */
  constructor(network, examples, codes, labels, look, values) {
    super(network, examples, codes, labels, look);
    this.values = values;
    this.complete = examples.map((one) => filled(network, one));
  }

  /** @override @param {ArrayLike<number>} example */
  seen(example) {
    return filled(this.network, example);
  }

  /** @override @param {Float32Array} values */
  shown(values) {
    return values;
  }

  /** @override @param {ArrayLike<number>} example @param {number} most */
  alike(example, most) {
    return nearestRows(this.complete.length, (place) => this.complete[place] ?? [], this.seen(example), most);
  }

  /** @override @param {number[]} places */
  mean(places) {
    const [sum, known] = [new Float32Array(this.network.exampleSize), new Float32Array(this.network.exampleSize)];
    for (const place of places) {
      const one = this.examples[place] ?? [];
      for (let at = 0; at < one.length; at++) {
        const value = one[at] ?? NaN;
        if (Number.isNaN(value)) continue;
        sum[at] = (sum[at] ?? 0) + value;
        known[at] = (known[at] ?? 0) + 1;
      }
    }
    return sum.map((value, at) => value / (known[at] ?? 0)); // no number where nobody's is known
  }

  /** @override @param {ArrayLike<number>} one @param {ArrayLike<number>} other */
  error(one, other) {
    let [sum, known] = [0, 0];
    for (let at = 0; at < one.length; at++) {
      const off = (one[at] ?? NaN) - (other[at] ?? NaN);
      if (Number.isNaN(off)) continue;
      sum += off * off;
      known += 1;
    }
    return sum / (known || 1);
  }
}

/**
 * An example with what the network is fed in the place of unknown values.
 *
 * @param {Network} network
 * @param {ArrayLike<number>} example
 * @returns {Float32Array}
 */
export function filled(network, example) {
  const { filling } = network.description.examples;
  const numbers = filling ? network.array(filling) : new Float32Array();
  if (example instanceof Float32Array && !example.some(Number.isNaN)) return example;
  return Float32Array.from(example, (value, at) => (Number.isNaN(value) ? (numbers[at] ?? 0) : value));
}
