// @ts-check
/**
 * Geometry of codes: how far it is to the nearest ones, and along which directions they spread.
 *
 * @import { Neighbour } from "../types/explore"
 */

const TURNS = 60; // of the power iteration
const SAMPLE = 300; // codes whose neighbours are looked for, to learn how close codes usually lie

export class Codes {
  /**
   * @param {Float32Array} values Codes, one behind the other.
   * @param {number} size Numbers in one.
   */
  constructor(values, size) {
    this.values = values;
    this.size = size;
    this.count = values.length / size;
    this.mean = new Float32Array(size);
    for (let at = 0; at < values.length; at++) {
      this.mean[at % size] = (this.mean[at % size] ?? 0) + (values[at] ?? 0) / this.count;
    }
    /** Spread of each number: its standard deviation. */
    this.spread = new Float32Array(size);
    for (let at = 0; at < values.length; at++) {
      const off = (values[at] ?? 0) - (this.mean[at % size] ?? 0);
      this.spread[at % size] = (this.spread[at % size] ?? 0) + (off * off) / this.count;
    }
    this.spread = this.spread.map(Math.sqrt);
    /** Lowest and highest value of each number. */
    this.low = new Float32Array(size).fill(Infinity);
    this.high = new Float32Array(size).fill(-Infinity);
    values.forEach((value, at) => {
      this.low[at % size] = Math.min(this.low[at % size] ?? value, value);
      this.high[at % size] = Math.max(this.high[at % size] ?? value, value);
    });
    this.usual = this.usualDistance();
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
    /** @type {Neighbour[]} */
    const found = [];
    for (let place = 0; place < this.count; place++) {
      let square = 0;
      for (let at = 0; at < this.size; at++) {
        const off = (this.values[place * this.size + at] ?? 0) - (code[at] ?? 0);
        square += off * off;
      }
      if (found.length < most || square < (found.at(-1)?.distance ?? Infinity)) {
        found.push({ place, distance: square });
        found.sort((one, other) => one.distance - other.distance);
        found.length = Math.min(found.length, most);
      }
    }
    return found.map(({ place, distance }) => ({ place, distance: Math.sqrt(distance) }));
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
   * Directions along which the codes spread most, the widest first: unit vectors, found by power iteration.
   *
   * @param {number} most
   * @returns {Float32Array[]}
   */
  directions(most) {
    /** @type {Float32Array[]} */
    const found = [];
    for (let number = 0; number < Math.min(most, this.size); number++) {
      let vector = Float32Array.from({ length: this.size }, (_, at) => 1 + ((at * 7 + number * 3) % 5));
      for (let turn = 0; turn < TURNS; turn++) vector = unit(without(this.stretched(vector), found));
      const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
      found.push(largest < 0 ? vector.map((value) => -value) : vector); // the same sign each time
    }
    return found;
  }

  /**
   * A vector times the codes' covariance.
   *
   * @param {Float32Array} vector
   */
  stretched(vector) {
    const out = new Float32Array(this.size);
    for (let place = 0; place < this.count; place++) {
      const base = place * this.size;
      let along = 0;
      for (let at = 0; at < this.size; at++) {
        along += ((this.values[base + at] ?? 0) - (this.mean[at] ?? 0)) * (vector[at] ?? 0);
      }
      for (let at = 0; at < this.size; at++) {
        out[at] = (out[at] ?? 0) + along * ((this.values[base + at] ?? 0) - (this.mean[at] ?? 0));
      }
    }
    return out;
  }
}

/**
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
export function dot(one, other) {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

/** @param {Float32Array} vector */
function unit(vector) {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

/**
 * A vector without its parts along others.
 *
 * @param {Float32Array} vector
 * @param {Float32Array[]} others Unit vectors.
 */
function without(vector, others) {
  for (const other of others) {
    const along = dot(vector, other);
    vector = vector.map((value, at) => value - along * (other[at] ?? 0));
  }
  return vector;
}

/**
 * A code on the way from one to another: along the straight line.
 *
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} share
 */
export function between(from, to, share) {
  return from.map((value, at) => value + share * ((to[at] ?? 0) - value));
}

/**
 * A code on the way from one to another at a length between theirs: along the arc, as a prior with all of its mass at one
 * distance from the centre asks for.
 *
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} share
 * @see White, Sampling generative networks, 2016.
 */
export function alongArc(from, to, share) {
  const [a, b] = [Math.sqrt(dot(from, from)), Math.sqrt(dot(to, to))];
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(from, to) / (a * b || 1))));
  if (angle < 1e-4 || Math.PI - angle < 1e-4) return between(from, to, share);
  const [one, other] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return from.map((value, at) => one * value + other * (to[at] ?? 0));
}
