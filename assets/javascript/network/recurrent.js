// @ts-check
/**
 * Recurrent layers, as Keras computes them: rows are read one after the other, and a state is carried along.
 *
 * @import { Recurrent } from "../types/network"
 */
import { sigmoid } from "./activations.js";
import { product } from "./product.js";

const GATES = { gru: 3, lstm: 4 };

/**
 * @param {Recurrent} layer
 * @param {Float32Array} series
 * @param {number[]} shape Of one series: rows, numbers in a row.
 * @param {Float32Array[]} weights For what is read, for the state, and what is added.
 * @param {Float32Array} out The state after each row where the layer's shape has rows, else after the last one.
 */
export function recurrent(layer, series, [steps = 1, inputs = 1], [kernel, forState, bias], out) {
  if (!kernel || !forState || !bias) return;
  const units = layer.shape.at(-1) ?? 1;
  const width = GATES[layer.cell] * units;
  const [ofRead, ofState] = layer.cell === "gru" ? [bias.subarray(0, width), bias.subarray(width)] : [bias, new Float32Array(width)];
  const step = layer.cell === "gru" ? gru : lstm;
  const all = layer.shape.length === 2;
  const rows = new Float32Array((series.length / inputs) * width);
  product(series, series.length / inputs, kernel, ofRead, rows);
  const examples = series.length / (steps * inputs);
  const [states, cells] = [new Float32Array(examples * units), new Float32Array(examples * units)];
  const gates = new Float32Array(examples * width); // of all examples at once, which a product takes in fours
  for (let at = 0; at < steps; at++) {
    const place = layer.backwards ? steps - 1 - at : at;
    product(states, examples, forState, ofState, gates);
    for (let example = 0; example < examples; example++) {
      const row = (example * steps + place) * width;
      const state = states.subarray(example * units, (example + 1) * units);
      const cell = cells.subarray(example * units, (example + 1) * units);
      step(rows.subarray(row, row + width), gates.subarray(example * width, (example + 1) * width), state, cell);
      if (all) out.set(state, (example * steps + place) * units);
    }
  }
  if (!all) out.set(states);
}

/**
 * `z = σ(..)`, `r = σ(..)`, `c = tanh(x_c + r h_c)`, `h ← z h + (1 - z) c` (Cho et al., 2014; the reset after the product).
 *
 * @param {Float32Array} read What the row gives to each gate.
 * @param {Float32Array} carried What the state gives to each.
 * @param {Float32Array} state
 */
function gru(read, carried, state) {
  const units = state.length;
  for (let unit = 0; unit < units; unit++) {
    const gate = (/** @type {number} */ number) => sigmoid((read[number * units + unit] ?? 0) + (carried[number * units + unit] ?? 0));
    const [update, reset] = [gate(0), gate(1)];
    const candidate = Math.tanh((read[2 * units + unit] ?? 0) + reset * (carried[2 * units + unit] ?? 0));
    state[unit] = update * (state[unit] ?? 0) + (1 - update) * candidate;
  }
}

/**
 * `c ← f c + i tanh(..)`, `h = o tanh(c)` with the gates i, f and o (Hochreiter & Schmidhuber, 1997; Gers et al., 2000).
 *
 * @param {Float32Array} read What the row gives to each gate.
 * @param {Float32Array} carried What the state gives to each.
 * @param {Float32Array} state
 * @param {Float32Array} cell
 */
function lstm(read, carried, state, cell) {
  const units = state.length;
  for (let unit = 0; unit < units; unit++) {
    const sum = (/** @type {number} */ number) => (read[number * units + unit] ?? 0) + (carried[number * units + unit] ?? 0);
    cell[unit] = sigmoid(sum(1)) * (cell[unit] ?? 0) + sigmoid(sum(0)) * Math.tanh(sum(2));
    state[unit] = sigmoid(sum(3)) * Math.tanh(cell[unit] ?? 0);
  }
}
