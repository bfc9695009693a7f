// @ts-check
/**
 * Damages a picture as a denoising network's training does: one normal number decides the fate of each value.
 *
 * @import { Noise } from "../types/explore"
 */

/**
 * What becomes of a value.
 *
 * @typedef {(value: number, normal: number, factor: number) => number} Rule
 */

/** The rules of `ae_core/models/layers/corruption.py`. @type {Record<string, Rule>} */
const RULES = {
  gaussian: (value, number, factor) => value + factor * number,
  masking: (value, number, factor) => (below(number) < factor ? 0 : value),
  salt_and_pepper: (value, number, factor) => {
    const share = below(number);
    return share < factor / 2 ? 0 : share > 1 - factor / 2 ? 1 : value;
  },
};

/**
 * Damaged values, as the network sees them.
 *
 * @param {Float32Array} values
 * @param {Float32Array} numbers Normal ones, one for each value.
 * @param {Noise} noise
 * @param {number} factor
 */
export function damaged(values, numbers, { kind, unit_range }, factor) {
  const rule = RULES[kind] ?? ((value) => value);
  return values.map((value, at) => {
    const hit = rule(value, numbers[at] ?? 0, factor);
    return unit_range ? Math.min(1, Math.max(0, hit)) : hit;
  });
}

/**
 * Share of the standard normal distribution below a number, to 1e-7.
 *
 * @param {number} number
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17.
 */
export function below(number) {
  const size = Math.abs(number);
  const t = 1 / (1 + 0.2316419 * size);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const beyond = (Math.exp((-size * size) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return number < 0 ? beyond : 1 - beyond;
}
