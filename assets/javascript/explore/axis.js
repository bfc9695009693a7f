// @ts-check
/**
 * Something along which a code can be moved: one of its numbers, or a direction in which all of them change.
 *
 * @import { Cloud } from "../types/explore"
 * @import { Codes } from "./codes.js"
 */
import { dot } from "./directions.js";

const EDGE = 0.06; // of the range, left free at each end

export class Axis {
  low = -1;
  high = 1;
  /** Spread of the codes along it: their standard deviation. */
  deviation = 0;

  /**
   * @param {string} key `n3` for the third number, `d1` for the first direction.
   * @param {number} number Counted from 1.
   * @param {Float32Array} vector Of length 1; zeros for an axis along which nothing moves.
   * @param {number} zero What is called 0 on it.
   */
  constructor(key, number, vector, zero) {
    this.key = key;
    this.number = number;
    this.vector = vector;
    this.zero = zero;
  }

  /** @param {Codes} codes Whose range and spread it has. */
  measure(codes) {
    [this.low, this.high] = [Infinity, -Infinity];
    let [sum, squares] = [0, 0];
    for (let place = 0; place < codes.count; place++) {
      const value = this.value(codes.at(place));
      this.low = Math.min(this.low, value);
      this.high = Math.max(this.high, value);
      sum += value;
      squares += value * value;
    }
    this.deviation = Math.sqrt(Math.max(0, squares / codes.count - (sum / codes.count) ** 2));
    if (!(this.high > this.low)) [this.low, this.high] = [this.low - 1, this.low + 1];
  }

  /**
   * Points to the side to which it pointed at another step of the training, so that nothing is mirrored.
   *
   * @param {Axis | undefined} before
   * @param {Codes} codes Whose range and spread it has.
   */
  face(before, codes) {
    if (!before || dot(this.vector, before.vector) >= 0) return;
    this.vector = this.vector.map((value) => -value);
    this.zero = -this.zero;
    this.measure(codes);
  }

  /** Both ends, with some room beyond the outermost codes. */
  get ends() {
    const free = EDGE * (this.high - this.low);
    return /** @type {[number, number]} */ ([this.low - free, this.high + free]);
  }

  /**
   * Where a code lies on it.
   *
   * @param {Float32Array} code
   */
  value(code) {
    return dot(code, this.vector) - this.zero;
  }

  /**
   * A code moved along it to a value.
   *
   * @param {Float32Array} code
   * @param {number} value
   */
  moved(code, value) {
    const by = value - this.value(code);
    return code.map((number, at) => number + by * (this.vector[at] ?? 0));
  }
}

/**
 * Two axes that span the plane through the mean of the codes. They need not be at right angles.
 */
export class Cut {
  /**
   * @param {Float32Array} origin
   * @param {Axis} across
   * @param {Axis} up
   */
  constructor(origin, across, up) {
    this.origin = origin;
    this.across = across;
    this.up = up;
    this.slant = dot(across.vector, up.vector);
  }

  /**
   * Where a code lies, seen from the plane.
   *
   * @param {Float32Array} code
   */
  placeOf(code) {
    return { x: this.across.value(code), y: this.up.value(code) };
  }

  /**
   * The code of a place of the plane.
   *
   * @param {number} x
   * @param {number} y
   */
  codeAt(x, y) {
    const { origin, across, up, slant } = this;
    const [right, high] = [x - across.value(origin), y - up.value(origin)];
    const straight = 1 - slant * slant;
    const [a, b] = [(right - slant * high) / straight, (high - slant * right) / straight];
    return origin.map((value, at) => value + a * (across.vector[at] ?? 0) + b * (up.vector[at] ?? 0));
  }

  /**
   * The places at some standard deviations from a mean, around it.
   *
   * @param {Cloud} cloud
   * @param {number} times How many.
   */
  outline({ mean, deviation }, times) {
    const { across, up } = this;
    const middle = this.placeOf(mean);
    let [xx, xy, yy] = [0, 0, 0]; // covariance on the plane
    deviation.forEach((value, at) => {
      const [a, b] = [(across.vector[at] ?? 0) * value, (up.vector[at] ?? 0) * value];
      xx += a * a;
      xy += a * b;
      yy += b * b;
    });
    const [one, two] = [Math.sqrt(xx), xx ? xy / Math.sqrt(xx) : 0]; // Cholesky's triangle
    const three = Math.sqrt(Math.max(0, yy - two * two));
    return Array.from({ length: 49 }, (_, turn) => {
      const [u, v] = [times * Math.cos((turn / 24) * Math.PI), times * Math.sin((turn / 24) * Math.PI)];
      return { x: middle.x + one * u, y: middle.y + two * u + three * v };
    });
  }
}
