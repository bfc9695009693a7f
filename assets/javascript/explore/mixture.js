// @ts-check
/**
 * A mixture of normal distributions fitted to codes, from which one may draw where a network has no prior:
 * `p(z) = Σₖ πₖ N(z; μₖ, σₖ²)`, each number of a code with a spread of its own.
 *
 * Fitted by expectation and maximisation: Dempster, Laird & Rubin, Maximum likelihood from incomplete data via the EM
 * algorithm, 1977.
 */

export const MOST = 10; // distributions
const FEWEST = 8; // codes for each of them
const TURNS = 20;
const LEAST = 0.05; // of the spread of all codes: no distribution becomes narrower

/** @typedef {{ share: number, mean: Float32Array, deviation: Float32Array }} Cloud One distribution. */

/**
 * The distributions of the mixture.
 *
 * @param {Float32Array} codes One behind the other.
 * @param {number} size Numbers in one.
 * @param {number} [most]
 * @returns {Cloud[]}
 */
export function mixture(codes, size, most = MOST) {
  const count = codes.length / size;
  const number = Math.max(1, Math.min(most, Math.floor(count / FEWEST)));
  const whole = moments(codes, size, new Float32Array(count).fill(1), []);
  const least = whole.deviation.map((value) => LEAST * value + 1e-6);
  let clouds = begun(codes, size, number, whole.mean, least).filter(({ share }) => share * count > 0.5);
  for (let turn = 0; turn < TURNS; turn++) {
    const parts = memberships(codes, size, clouds);
    clouds = parts.map((part) => moments(codes, size, part, least)).filter(({ share }) => share * count > 0.5);
  }
  return clouds;
}

/**
 * A code from the mixture.
 *
 * @param {Cloud[]} clouds
 * @param {number} chance From [0, 1): which distribution it comes from.
 * @param {Float32Array} numbers Of chance, from the standard normal distribution.
 * @param {number} temperature Factor of the spread.
 */
export function drawn(clouds, chance, numbers, temperature) {
  let left = chance;
  const cloud = clouds.find(({ share }) => (left -= share) < 0) ?? clouds.at(-1);
  if (!cloud) throw new RangeError("A mixture has at least one distribution.");
  return cloud.mean.map((value, at) => value + temperature * (cloud.deviation[at] ?? 0) * (numbers[at] ?? 0));
}

/**
 * Where it begins, the same each time: at the code nearest to the mean, and at those that lie farthest from all before;
 * each code belongs to the nearest of them.
 *
 * @param {Float32Array} codes
 * @param {number} size
 * @param {number} number Of distributions.
 * @param {Float32Array} mean Of all codes.
 * @param {Float32Array} least Smallest deviations.
 */
function begun(codes, size, number, mean, least) {
  const count = codes.length / size;
  const code = (/** @type {number} */ place) => codes.subarray(place * size, (place + 1) * size);
  const from = (/** @type {Float32Array} */ middle) => Float32Array.from({ length: count }, (_, place) => distance(code(place), middle));
  const away = from(mean);
  const parts = [];
  let next = away.indexOf(Math.min(...away));
  const nearest = new Float32Array(count).fill(Infinity);
  const owner = new Int32Array(count);
  for (let at = 0; at < number; at++) {
    from(code(next)).forEach((far, place) => {
      if (far >= (nearest[place] ?? 0)) return;
      nearest[place] = far;
      owner[place] = at;
    });
    next = nearest.indexOf(Math.max(...nearest));
  }
  for (let at = 0; at < number; at++) parts.push(Float32Array.from(owner, (one) => (one === at ? 1 : 0)));
  return parts.map((part) => moments(codes, size, part, least));
}

/**
 * Squared distance.
 *
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function distance(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return sum;
}

/**
 * Mean and spread of codes of which each belongs to a cloud in part.
 *
 * @param {Float32Array} codes
 * @param {number} size
 * @param {Float32Array} part Of each code, 0 to 1.
 * @param {ArrayLike<number>} least Smallest deviations.
 * @returns {Cloud}
 */
function moments(codes, size, part, least) {
  const sum = part.reduce((total, one) => total + one, 0) || 1e-9;
  const mean = new Float32Array(size);
  const square = new Float32Array(size);
  for (let at = 0; at < codes.length; at++) mean[at % size] = (mean[at % size] ?? 0) + ((part[Math.floor(at / size)] ?? 0) * (codes[at] ?? 0)) / sum;
  for (let at = 0; at < codes.length; at++) {
    const away = (codes[at] ?? 0) - (mean[at % size] ?? 0);
    square[at % size] = (square[at % size] ?? 0) + ((part[Math.floor(at / size)] ?? 0) * away * away) / sum;
  }
  const deviation = square.map((value, at) => Math.max(Math.sqrt(value), least[at] ?? 0));
  return { share: sum / part.length, mean, deviation };
}

/**
 * How far each code belongs to each cloud.
 *
 * @param {Float32Array} codes
 * @param {number} size
 * @param {Cloud[]} clouds
 */
function memberships(codes, size, clouds) {
  const count = codes.length / size;
  const parts = clouds.map(() => new Float32Array(count));
  const heights = clouds.map(({ share, deviation }) => Math.log(share) - deviation.reduce((sum, one) => sum + Math.log(one), 0));
  for (let place = 0; place < count; place++) {
    const likely = clouds.map(({ mean, deviation }, at) => {
      let sum = heights[at] ?? 0;
      for (let number = 0; number < size; number++) {
        const away = ((codes[place * size + number] ?? 0) - (mean[number] ?? 0)) / (deviation[number] ?? 1);
        sum -= 0.5 * away * away;
      }
      return sum;
    });
    const highest = Math.max(...likely);
    const shares = likely.map((one) => Math.exp(one - highest));
    const all = shares.reduce((sum, one) => sum + one, 0);
    shares.forEach((share, at) => parts[at]?.fill(share / all, place, place + 1));
  }
  return parts;
}
