// @ts-check
/**
 * Where the codes of the held-out examples lie: how far it is to the nearest ones, and along what they spread.
 *
 * @import { Neighbour, Spread } from "../types/explore"
 */
import { Axis } from "./axis.js";
import { dot, principal } from "./directions.js";
import { nearestRows } from "./neighbours.js";

const SAMPLE = 300; // codes whose neighbours are looked for, to learn how close codes usually lie
const MOST_UNITS = 64; // that a person can pull
const MOST_DIRECTIONS = 16; // likewise
const FEW_DIRECTIONS = 4; // where there is no covariance and each turn goes through all examples

export class Codes {
  /**
   * @param {Float32Array} values Codes, one behind the other.
   * @param {number} size Numbers in one.
   * @param {Spread} spread What the network's description says of all codes.
   */
  constructor(values, size, { mean, covariance }) {
    this.values = values;
    this.size = size;
    this.count = values.length / size;
    this.mean = mean;
    this.covariance = covariance;
    this.usual = this.usualDistance();
    /** Its numbers, those that are used most first; as they are where a plane shows them all. */
    this.units = this.mostUsed().map((at) => {
      const vector = new Float32Array(size);
      vector[at] = 1;
      return this.axis(`n${at + 1}`, at + 1, vector, 0);
    });
    const most = covariance ? MOST_DIRECTIONS : FEW_DIRECTIONS;
    const vectors = size > 2 ? principal(size, most, (vector) => this.stretched(vector)) : [];
    /** Principal directions, the widest first; none where a plane holds all codes. */
    this.directions = vectors.map((vector, at) => this.axis(`d${at + 1}`, at + 1, vector, dot(mean, vector)));
  }

  /** Places of the numbers that differ most from example to example. */
  mostUsed() {
    const used = new Float32Array(this.size);
    this.values.forEach((value, at) => {
      const place = at % this.size;
      used[place] = (used[place] ?? 0) + (value - (this.mean[place] ?? 0)) ** 2;
    });
    const places = Array.from({ length: this.size }, (_, at) => at);
    if (this.size <= 2) return places;
    return places.sort((one, other) => (used[other] ?? 0) - (used[one] ?? 0) || one - other).slice(0, MOST_UNITS);
  }

  /**
   * @param {string} key
   * @param {number} number
   * @param {Float32Array} vector
   * @param {number} zero
   */
  axis(key, number, vector, zero) {
    const axis = new Axis(key, number, vector, zero);
    axis.measure(this);
    return axis;
  }

  /** @param {number} place Of an example. */
  at(place) {
    return this.values.subarray(place * this.size, (place + 1) * this.size);
  }

  /**
   * The codes that lie next to one, the nearest first.
   *
   * @param {Float32Array} code
   * @param {number} most
   * @returns {Neighbour[]}
   */
  nearest(code, most) {
    return nearestRows(this.count, (place) => this.at(place), code, most);
  }

  /** How far a code usually is from its nearest neighbour: the median. */
  usualDistance() {
    const every = Math.max(1, Math.floor(this.count / SAMPLE));
    const found = [];
    for (let place = 0; place < this.count; place += every) found.push(this.nearest(this.at(place), 2)[1]?.distance ?? 0);
    found.sort((one, other) => one - other);
    return found[Math.floor(found.length / 2)] ?? 0;
  }

  /**
   * The middle of some codes.
   *
   * @param {number[]} places
   */
  middle(places) {
    const sum = new Float32Array(this.size);
    for (const place of places) this.at(place).forEach((value, at) => (sum[at] = (sum[at] ?? 0) + value / places.length));
    return sum;
  }

  /**
   * A vector times the codes' covariance.
   *
   * @param {Float32Array} vector
   */
  stretched(vector) {
    const { covariance, size, mean } = this;
    if (covariance) return vector.map((_, row) => dot(covariance.subarray(row * size, (row + 1) * size), vector));
    const out = new Float32Array(size);
    const middle = dot(mean, vector);
    for (let place = 0; place < this.count; place++) {
      const code = this.at(place);
      const along = (dot(code, vector) - middle) / this.count;
      for (let at = 0; at < size; at++) out[at] = (out[at] ?? 0) + along * ((code[at] ?? 0) - (mean[at] ?? 0));
    }
    return out;
  }
}
