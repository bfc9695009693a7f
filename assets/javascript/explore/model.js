// @ts-check
/**
 * What is played with: the network, the held-out examples and their codes. All of it is in the browser, but for networks
 * that only a worker can compute. Pictures are bytes, as a browser has them; see `value_model.js` for rows and series.
 *
 * @import { Network } from "../network/network.js"
 * @import { Look } from "../types/explore"
 * @import { Codes } from "./codes.js"
 */
import { RemoteNetwork } from "../network/remote.js";
import { nearestRows } from "./neighbours.js";
import { habit } from "./pixels.js";

export class Model {
  /**
   * @param {Network} network
   * @param {ArrayLike<number>[]} examples Held-out ones.
   * @param {Codes} codes
   * @param {Uint8Array} labels
   * @param {Look} look How they are drawn.
   */
  constructor(network, examples, codes, labels, look) {
    this.network = network;
    this.examples = examples;
    this.codes = codes;
    this.labels = labels;
    this.look = look;
    this.shape = network.description.examples.shape;
  }

  /** @type {{ x: number, y: number, side: number } | undefined} */
  lie;

  /** How its pictures lie, if they are grey. */
  get habit() {
    this.lie ??= habit(this.examples, this.shape[1] ?? 1);
    return this.lie;
  }

  /**
   * What a code is decoded to.
   *
   * @param {Float32Array} code
   */
  decoded(code) {
    return this.shown(this.network.decode(code));
  }

  /**
   * What several codes are decoded to.
   *
   * @param {Float32Array} codes One behind the other.
   */
  allDecoded(codes) {
    const count = codes.length / this.codes.size;
    const all = this.shown(this.network.decode(codes, count));
    const length = all.length / count;
    return Array.from({ length: count }, (_, at) => all.subarray(at * length, (at + 1) * length));
  }

  /**
   * What the network makes, as it is shown.
   *
   * @param {Float32Array} values
   * @returns {Uint8ClampedArray | Float32Array}
   */
  shown(values) {
    return Uint8ClampedArray.from(this.network.raw(values));
  }

  /**
   * An example as the network sees it.
   *
   * @param {ArrayLike<number>} example
   * @returns {Float32Array}
   */
  seen(example) {
    return this.network.scaled(example);
  }

  /**
   * The code of an example.
   *
   * @param {ArrayLike<number>} example
   */
  code(example) {
    return this.network.encode(this.seen(example));
  }

  /**
   * Where the encoder puts an example, and how sure it is: mean and standard deviation of each number; undefined where a
   * code has no spread.
   *
   * @param {ArrayLike<number>} example
   */
  cloud(example) {
    const found = this.network.posterior(this.seen(example));
    return found && { mean: found.mean, deviation: found.logVariance.map((value) => Math.exp(0.5 * value)) };
  }

  /** Whether the network computes here. */
  get here() {
    return !this.network.description.worker;
  }

  /**
   * The same for a part of the page, which is told when an answer of its own comes later.
   *
   * @param {() => void} told
   * @returns {Model}
   */
  askedBy(told) {
    const { network } = this;
    return network instanceof RemoteNetwork ? Object.assign(Object.create(this), { network: network.askedBy(told) }) : this;
  }

  /** Bytes that it takes. */
  get weight() {
    return this.network.numbers.byteLength + this.codes.values.byteLength;
  }

  /** Whether a prior tells where codes lie. */
  prior = false;

  /** Whether the encoder puts an example not at a point but in a cloud. */
  get clouded() {
    return typeof this.network.description.encoder.spread === "number";
  }

  /**
   * The examples whose values are nearest to those of another.
   *
   * @param {ArrayLike<number>} example
   * @param {number} most
   */
  alike(example, most) {
    return nearestRows(this.examples.length, (place) => this.examples[place] ?? [], example, most);
  }

  /**
   * An example as something that can be drawn many times.
   *
   * @param {number} place
   */
  thumbnail(place) {
    const known = this.thumbnails.get(place);
    if (known) return known;
    const canvas = document.createElement("canvas");
    this.look.paint(canvas, this.examples[place] ?? []);
    this.thumbnails.set(place, canvas);
    return canvas;
  }

  /** @type {Map<number, HTMLCanvasElement>} */
  thumbnails = new Map();

  /**
   * The mean of some examples.
   *
   * @param {number[]} places
   * @returns {Uint8ClampedArray | Float32Array}
   */
  mean(places) {
    const sum = new Float32Array(this.network.exampleSize);
    for (const place of places) {
      const one = this.examples[place] ?? [];
      for (let at = 0; at < one.length; at++) sum[at] = (sum[at] ?? 0) + (one[at] ?? 0) / places.length;
    }
    return Uint8ClampedArray.from(sum);
  }

  /**
   * Squared error between two examples, mean over their values: those of pictures are counted from 0 to 1.
   *
   * @param {ArrayLike<number>} one
   * @param {ArrayLike<number>} other
   */
  error(one, other) {
    let sum = 0;
    for (let at = 0; at < one.length; at++) sum += (((one[at] ?? 0) - (other[at] ?? 0)) / 255) ** 2;
    return sum / one.length;
  }
}
