// @ts-check
/**
 * What a threshold makes of scores: computed here, so that it follows a finger. An example is odd above the threshold.
 *
 * @import { Confusion, Group, Point, Ranked, Scale } from "../types/odd"
 */

const WIDE = 20; // times the median up to the largest score, from which on an axis is logarithmic
const MOST_POINTS = 400; // of a curve

/** @param {string} base64 */
function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

/** @param {string} base64 float32, little-endian, as all machines with a browser are. */
export function floats(base64) {
  return new Float32Array(bytes(base64));
}

/** @param {string} base64 int16, likewise. */
export function labels(base64) {
  return new Int16Array(bytes(base64));
}

/** @param {string} base64 int32, likewise. */
export function wholes(base64) {
  return new Int32Array(bytes(base64));
}

/**
 * Which examples are odd: those of none of the normal classes; none where none is named.
 *
 * @param {ArrayLike<number>} classes Class numbers of the examples.
 * @param {number[]} normal
 */
export function oddOnes(classes, normal) {
  const known = new Set(normal);
  return Array.from(classes, (one) => known.size > 0 && !known.has(one));
}

/**
 * @param {ArrayLike<number>} scores
 * @param {boolean[]} odd
 * @returns {Ranked}
 */
export function ranked(scores, odd) {
  const order = Array.from(scores, (_, place) => place).sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0));
  /** @type {Ranked} */
  const found = { scores: [], hits: [], alarms: [], odd: 0, normal: 0 };
  order.forEach((place, at) => {
    if (odd[place]) found.odd += 1;
    else found.normal += 1;
    const score = scores[place] ?? 0;
    const next = order[at + 1];
    if (next !== undefined && scores[next] === score) return; // of equal scores all or none are called odd
    found.scores.push(score);
    found.hits.push(found.odd);
    found.alarms.push(found.normal);
  });
  return found;
}

/**
 * Share of false alarms and share of odd ones found, from the highest threshold down.
 *
 * @param {Ranked} all
 * @returns {Point[]}
 */
export function rocCurve({ hits, alarms, odd, normal }) {
  /** @type {Point[]} */
  const points = hits.map((hit, at) => [(alarms[at] ?? 0) / normal, hit / odd]);
  return thinned([[0, 0], ...points]);
}

/**
 * Recall and precision, likewise.
 *
 * @param {Ranked} all
 * @returns {Point[]}
 */
export function precisionCurve({ hits, alarms, odd }) {
  return thinned(hits.map((hit, at) => [hit / odd, hit / (hit + (alarms[at] ?? 0))]));
}

/** @param {Point[]} points */
function thinned(points) {
  const step = Math.max(1, Math.ceil(points.length / MOST_POINTS));
  return points.filter((_, at) => at % step === 0 || at === points.length - 1);
}

/**
 * The score that this share of normal validation examples does not exceed.
 *
 * @param {ArrayLike<number>} scores Of normal validation examples.
 * @param {number} quantile
 */
export function byQuantile(scores, quantile) {
  const growing = Array.from(scores).sort((one, other) => one - other);
  const place = Math.ceil((growing.length - 1) * quantile - 1e-9);
  return growing[Math.min(Math.max(place, 0), growing.length - 1)] ?? 0;
}

/**
 * The threshold with the largest F1 on validation examples.
 *
 * @param {Ranked} all
 */
export function byF1(all) {
  return best(all, (hits, alarms) => (2 * hits) / (hits + alarms + all.odd));
}

/**
 * The threshold at which misses and false alarms cost least.
 *
 * @param {Ranked} all
 * @param {number} cost How many false alarms a missed one is worth.
 */
export function byCost(all, cost) {
  return best(all, (hits, alarms) => -(cost * (all.odd - hits) + alarms));
}

/**
 * Of several thresholds that gain alike, the one that calls the fewest odd.
 *
 * @param {Ranked} all
 * @param {(hits: number, alarms: number) => number} gain
 */
function best({ scores, hits, alarms }, gain) {
  let taken = -1;
  let most = gain(0, 0);
  scores.forEach((_, at) => {
    const gained = gain(hits[at] ?? 0, alarms[at] ?? 0);
    if (gained > most) [taken, most] = [at, gained];
  });
  if (taken < 0) return scores[0] ?? 0; // nothing lies above it
  const last = scores[taken] ?? 0;
  const below = scores[taken + 1];
  return below === undefined ? last - Math.abs(last) * 1e-9 - Number.MIN_VALUE : (last + below) / 2;
}

/**
 * @param {ArrayLike<number>} scores
 * @param {boolean[]} odd
 * @param {number} threshold
 * @returns {Confusion}
 */
export function confusion(scores, odd, threshold) {
  const found = { hits: 0, misses: 0, alarms: 0, passed: 0 };
  for (let place = 0; place < scores.length; place++) {
    const above = (scores[place] ?? 0) > threshold;
    if (odd[place]) found[above ? "hits" : "misses"] += 1;
    else found[above ? "alarms" : "passed"] += 1;
  }
  return found;
}

/**
 * An axis for some scores: logarithmic where the largest would leave no room for most.
 *
 * @param {ArrayLike<number>} scores
 * @returns {Scale}
 */
export function scaleOf(scores) {
  const growing = Array.from(scores).sort((one, other) => one - other);
  const low = growing[0] ?? 0;
  const high = growing.at(-1) ?? 1;
  const median = growing[growing.length >> 1] ?? 0;
  return { low, high: high > low ? high : low + 1, logarithmic: low > 0 && high > WIDE * median };
}

/**
 * Where a score stands along an axis, 0 to 1.
 *
 * @param {Scale} scale
 * @param {number} score
 */
export function placeOf({ low, high, logarithmic }, score) {
  const share = logarithmic ? Math.log(Math.max(score, low) / low) / Math.log(high / low) : (score - low) / (high - low);
  return Math.min(Math.max(share, 0), 1);
}

/**
 * The way back.
 *
 * @param {Scale} scale
 * @param {number} place
 */
export function scoreAt({ low, high, logarithmic }, place) {
  return logarithmic ? low * (high / low) ** place : low + place * (high - low);
}

/**
 * Shares of each group by bin.
 *
 * @param {ArrayLike<number>} scores
 * @param {ArrayLike<number>} groups Number of each example's group.
 * @param {{ name: string, colour: string }[]} kinds
 * @param {Scale} scale
 * @param {number} bins
 * @returns {Group[]}
 */
export function histogram(scores, groups, kinds, scale, bins) {
  const counts = kinds.map(() => new Array(bins).fill(0));
  const totals = kinds.map(() => 0);
  for (let place = 0; place < scores.length; place++) {
    const group = groups[place] ?? 0;
    const row = counts[group];
    if (!row) continue;
    row[Math.min(Math.floor(placeOf(scale, scores[place] ?? 0) * bins), bins - 1)] += 1;
    totals[group] = (totals[group] ?? 0) + 1;
  }
  return kinds.map((kind, at) => ({ ...kind, shares: (counts[at] ?? []).map((count) => count / (totals[at] || 1)) }));
}
