// @ts-check
/**
 * How one unit of a dense or convolutional layer comes to its value: `f(Σ wᵢ xᵢ + b)`.
 *
 * @import { Convolution, Dense, PartOfNetwork } from "../types/network"
 * @import { Network } from "./network.js"
 */
import { imageShape } from "./images.js";

/**
 * @typedef {object} Explanation
 * @property {Float32Array} weights
 * @property {Float32Array} inputs What each is multiplied with; zero beyond the border of an image.
 * @property {number[]} shape Of both.
 * @property {number} bias
 * @property {number} sum
 * @property {number} value What the activation makes of the sum.
 * @property {string} activation
 */

/**
 * The explanation of a unit; undefined where a layer has no weights.
 *
 * @param {Network} network
 * @param {PartOfNetwork} part
 * @param {Float32Array[]} outputs Of all layers of the part, for one example.
 * @param {number} place Of the layer.
 * @param {number} unit Place of the number in the layer's output.
 * @returns {Explanation | undefined}
 */
export function explain(network, part, outputs, place, unit) {
  const layer = part.layers[place];
  if (layer?.type !== "Dense" && layer?.type !== "Convolution") return undefined;
  const from = layer.inputs[0] ?? 0;
  const given = outputs[from] ?? new Float32Array();
  const shape = part.layers[from]?.shape ?? [];
  const { inputs, number, sizes } = layer.type === "Dense" ? row(layer, given, shape, unit) : patch(layer, given, shape, unit);
  const kernel = network.array(layer.kernel);
  const weights = kernel.subarray(number * inputs.length, (number + 1) * inputs.length);
  const biases = network.bias(layer); // of some layers one for each row and unit
  const bias = biases[unit % biases.length] ?? 0;
  const sum = weights.reduce((total, weight, at) => total + weight * (inputs[at] ?? 0), bias);
  return { weights, inputs, shape: sizes, bias, sum, value: outputs[place]?.[unit] ?? 0, activation: layer.activation };
}

/**
 * @param {Dense} layer
 * @param {Float32Array} given
 * @param {number[]} shape
 * @param {number} unit
 */
function row(layer, given, shape, unit) {
  const [units = 1, length = 1] = layer.kernel.shape;
  const first = Math.floor(unit / units) * length;
  return { inputs: given.slice(first, first + length), number: unit % units, sizes: shape.slice(-1) };
}

/**
 * @param {Convolution} layer
 * @param {Float32Array} given
 * @param {number[]} shape
 * @param {number} unit
 */
function patch(layer, given, shape, unit) {
  const [height, width, channels] = imageShape(shape);
  const [filters = 1, down = 1, across = 1] = layer.kernel.shape;
  const [, columns] = imageShape(layer.shape);
  const [pixel, number] = [Math.floor(unit / filters), unit % filters];
  const top = Math.floor(pixel / columns) * (layer.strides[0] ?? 1) - (layer.before[0] ?? 0);
  const left = (pixel % columns) * (layer.strides[1] ?? 1) - (layer.before[1] ?? 0);
  const inputs = new Float32Array(down * across * channels);
  for (let at = 0; at < inputs.length; at++) {
    const y = top + Math.floor(at / (across * channels));
    const x = left + (Math.floor(at / channels) % across);
    if (y >= 0 && y < height && x >= 0 && x < width) inputs[at] = given[(y * width + x) * channels + (at % channels)] ?? 0;
  }
  return { inputs, number, sizes: [down, across, channels] };
}
