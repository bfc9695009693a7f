// @ts-check
/**
 * Functions of a single number, by Keras's name.
 */

/** @type {Record<string, (value: number) => number>} */
const FUNCTIONS = {
  relu: (value) => Math.max(value, 0),
  elu: (value) => (value > 0 ? value : Math.expm1(value)),
  gelu: (value) => 0.5 * value * (1 + erf(value * Math.SQRT1_2)),
  tanh: Math.tanh,
  sigmoid,
};

/**
 * Applies an activation to each number, in place.
 *
 * @param {string} name
 * @param {Float32Array} values
 */
export function activate(name, values) {
  if (name === "linear") return;
  const rule = FUNCTIONS[name];
  if (!rule) throw new RangeError(`The activation must be one of ${Object.keys(FUNCTIONS).join(", ")}. Received: ${name}.`);
  for (let place = 0; place < values.length; place++) values[place] = rule(values[place] ?? 0);
}

/** @param {number} value */
export function sigmoid(value) {
  return 1 / (1 + Math.exp(-value));
}

/**
 * The error function, to 1.5e-7: Abramowitz & Stegun, Handbook of mathematical functions, 1964, eq. 7.1.26.
 *
 * @param {number} value
 */
function erf(value) {
  const t = 1 / (1 + 0.3275911 * Math.abs(value));
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(value) * (1 - sum * Math.exp(-value * value));
}
