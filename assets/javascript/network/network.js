// @ts-check
/**
 * A trained network that computes in the browser: codes of examples, reconstructions of codes, and what each layer makes.
 *
 * Examples and codes are rows of numbers, one behind the other, as Keras has them: an image is `(height, width, channels)`.
 *
 * @import { Activation, Description, Layer, PartOfNetwork, Place } from "../types/network"
 */
import { activate } from "./activations.js";
import { convolve, crop, imageShape, pad, pool, upsample } from "./images.js";
import { add, concatenate, dense, keepLargest, nearestEntries, repeat, slice } from "./rows.js";
import { recurrent } from "./recurrent.js";
import { matrixProduct, normalize, permute, softmax } from "./tokens.js";

const FORMAT = 2;

export class Network {
  /** @param {ArrayBuffer} buffer What `ae_core/portable/block.py` packs: length, JSON, numbers; browsers are little-endian. */
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    /** @type {Description} */
    this.description = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    if (this.description.format !== FORMAT) throw new RangeError("The network was written by another version of the app.");
    this.numbers = new Float32Array(buffer, 4 + length);
    this.exampleSize = size(this.description.examples.shape);
    this.codeSize = size(this.description.encoder.layers.at(-1)?.shape ?? []);
    this.scale = this.array(this.description.examples.scale);
    this.offset = this.array(this.description.examples.offset);
  }

  /**
   * Numbers of an array.
   *
   * @param {Place} place
   */
  array({ at, shape }) {
    return this.numbers.subarray(at, at + size(shape));
  }

  /**
   * Raw values, such as bytes of a picture, as the network sees them.
   *
   * @param {ArrayLike<number>} raw Of one example or several.
   */
  scaled(raw) {
    return Float32Array.from(raw, (value, place) => value * (cycled(this.scale, place)) + cycled(this.offset, place));
  }

  /**
   * The way back: what the network made, as raw values.
   *
   * @param {Float32Array} values Of one example or several.
   */
  raw(values) {
    return values.map((value, place) => (value - cycled(this.offset, place)) / cycled(this.scale, place));
  }

  /**
   * Codes of examples; those of a variational network are means.
   *
   * @param {Float32Array} examples As the network sees them.
   * @param {number} [count] How many.
   */
  encode(examples, count = 1) {
    return last(this.run(this.description.encoder, this.exampleSize, examples, count));
  }

  /**
   * Means and logarithms of variances of the codes of examples; undefined where a code has none.
   *
   * @param {Float32Array} examples As the network sees them.
   * @param {number} [count] How many.
   */
  posterior(examples, count = 1) {
    const { encoder } = this.description;
    const outputs = this.run(encoder, this.exampleSize, examples, count);
    const logVariance = encoder.spread === null ? undefined : outputs[encoder.spread];
    return logVariance && { mean: last(outputs), logVariance };
  }

  /**
   * The same, certainly: also of a network that somebody else computes.
   *
   * @param {Float32Array} examples As the network sees them.
   * @param {number} count How many.
   */
  async coded(examples, count) {
    return this.encode(examples, count);
  }

  /** The step of the training at which it was as it is. */
  step = 0;
  /** When the person did what it is asked about. */
  began = 0;

  /** The same of what it has given last: a worker's answer is about something earlier. Undefined before the first. */
  get since() {
    return /** @type {number | undefined} */ (this.began);
  }

  /** Whether all that it was asked is answered; `settle` waits for that. */
  get settled() {
    return true;
  }

  async settle() {}

  /** What it was asked is of no interest any more. */
  drop() {}

  close() {}

  /**
   * Reconstructions of codes.
   *
   * @param {Float32Array} codes
   * @param {number} [count] How many.
   */
  decode(codes, count = 1) {
    return last(this.run(this.description.decoder, this.codeSize, codes, count));
  }

  /**
   * What every layer makes of an example, from the input to the reconstruction.
   *
   * @param {Float32Array} example As the network sees it.
   * @returns {Activation[]}
   */
  layers(example) {
    const { encoder, decoder } = this.description;
    const encoded = this.run(encoder, this.exampleSize, example, 1);
    const decoded = this.run(decoder, this.codeSize, last(encoded), 1);
    return [...activations("encoder", encoder, encoded), ...activations("decoder", decoder, decoded)];
  }

  /**
   * Outputs of all layers of a part.
   *
   * @param {PartOfNetwork} part
   * @param {number} length Numbers of one input.
   * @param {Float32Array} values
   * @param {number} count
   */
  run(part, length, values, count) {
    if (values.length !== length * count) {
      throw new RangeError(`There must be ${count} times ${length} numbers. Received: ${values.length}.`);
    }
    /** @type {Float32Array[]} */
    const outputs = [];
    for (const layer of part.layers) {
      const inputs = layer.inputs.map((place) => outputs[place] ?? values);
      outputs.push(layer.type === "Input" ? values : this.compute(layer, inputs, part, count));
    }
    return outputs;
  }

  /**
   * @param {Layer} layer
   * @param {Float32Array[]} inputs
   * @param {PartOfNetwork} part
   * @param {number} count
   */
  compute(layer, inputs, part, count) {
    const input = /** @type {Float32Array} */ (inputs[0]);
    const shape = part.layers[layer.inputs[0] ?? 0]?.shape ?? [];
    const from = imageShape(shape);
    const out = new Float32Array(count * size(layer.shape));
    switch (layer.type) {
      case "Dense":
        dense(input, this.array(layer.kernel), this.bias(layer), layer.shape.at(-1) ?? 1, out);
        break;
      case "Convolution":
        convolve(layer, input, from, this.array(layer.kernel), this.bias(layer), out);
        break;
      case "Pooling":
        pool(layer, input, from, out);
        break;
      case "Upsampling":
        upsample(layer, input, from, out);
        break;
      case "Cropping":
        crop(layer, input, from, out);
        break;
      case "Padding":
        pad(layer, input, from, out);
        break;
      case "Reshape":
        out.set(input);
        break;
      case "Concatenation":
        concatenate(inputs, out.length / (layer.shape.at(-1) ?? 1), out);
        break;
      case "Slice":
        slice(input, count, layer.start, out);
        break;
      case "KeepLargest":
        keepLargest(layer, input, count, out);
        break;
      case "Repetition":
        repeat(input, count, out);
        break;
      case "Permutation":
        permute(input, shape, layer.order, count, out);
        break;
      case "Addition":
        add(inputs, out);
        break;
      case "Rescaling":
        out.set(input.map((value) => layer.factor * value));
        break;
      case "Normalization":
        normalize(input, this.array(layer.scale), this.array(layer.shift), layer.epsilon, out);
        break;
      case "Softmax":
        softmax(input, layer.shape.at(-1) ?? 1, out);
        break;
      case "MatrixProduct":
        matrixProduct(input, inputs[1] ?? input, shape, layer.shape.at(-1) ?? 1, out);
        break;
      case "Recurrent":
        recurrent(layer, input, shape, [layer.kernel, layer.recurrent, layer.bias].map((place) => this.array(place)), out);
        break;
      case "NearestEntry":
        nearestEntries(input, this.array(layer.entries), this.array(layer.bias), out);
        break;
      default:
        throw new RangeError(`The layer ${layer.name} is of a kind that is not known: ${layer.type}.`);
    }
    activate(layer.activation, out);
    return out;
  }

  /** @param {{ bias: Place | null, shape: number[] }} layer */
  bias({ bias, shape }) {
    return bias ? this.array(bias) : new Float32Array(shape.at(-1) ?? 1);
  }
}

/**
 * @param {"encoder" | "decoder"} part
 * @param {PartOfNetwork} description
 * @param {Float32Array[]} outputs
 * @returns {Activation[]}
 */
function activations(part, { layers }, outputs) {
  return layers.map(({ name, type, shape }, place) => ({ part, name, type, shape, values: outputs[place] ?? last(outputs) }));
}

/**
 * The output of the last layer.
 *
 * @param {Float32Array[]} outputs
 */
function last(outputs) {
  return outputs.at(-1) ?? new Float32Array();
}

/** @param {number[]} shape */
function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * A number of a table that is repeated for ever.
 *
 * @param {Float32Array} table
 * @param {number} place
 */
function cycled(table, place) {
  return table[place % table.length] ?? 0;
}
