// @ts-check
/**
 * Ways from one code to another.
 */
import { dot } from "./directions.js";

/**
 * A code on the straight line.
 *
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} share
 */
export function between(from, to, share) {
  return from.map((value, at) => value + share * ((to[at] ?? 0) - value));
}

/**
 * A code on the arc, at a length between those of both ends: a prior with all of its mass at one distance from the centre
 * asks for it.
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
  // Directions along the arc, lengths along a line: nearly opposite codes of different lengths would else leap far out.
  const length = (a + share * (b - a)) / Math.sin(angle);
  const [one, other] = [(length * Math.sin((1 - share) * angle)) / a, (length * Math.sin(share * angle)) / b];
  return from.map((value, at) => one * value + other * (to[at] ?? 0));
}
