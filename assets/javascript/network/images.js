// @ts-check
/**
 * Layers of images, `(height, width, channels)`, and of series, `(time, channels)`: the channels of a pixel or a moment
 * side by side, as Keras has them.
 *
 * @import { Convolution, Cropping, Padding, Pooling, Upsampling } from "../types/network"
 */
import { product } from "./product.js";

/** @typedef {[number, number, number]} Shape Height, width, channels. */

/**
 * A shape as that of an image: a series is one pixel high.
 *
 * @param {number[]} shape
 * @returns {Shape}
 */
export function imageShape([first = 1, second = 1, channels]) {
  return channels === undefined ? [1, first, second] : [first, second, channels];
}

/**
 * Each patch under the kernel becomes a row; then a convolution is a product.
 *
 * @param {Convolution} layer
 * @param {Float32Array} images
 * @param {Shape} from Shape of one image.
 * @param {Float32Array} kernel
 * @param {Float32Array} bias
 * @param {Float32Array} out
 */
export function convolve(layer, images, from, kernel, bias, out) {
  const [height, width, channels] = from;
  const [rows, columns] = imageShape(layer.shape);
  const [down, across] = pair(layer.kernel.shape.slice(1));
  const [stepDown, stepAcross] = pair(layer.strides);
  const [above, left] = pair(layer.before);
  const length = down * across * channels;
  const patches = new Float32Array(rows * columns * length); // what lies outside stays zero, the same for each image
  const size = height * width * channels;
  for (let image = 0; image * size < images.length; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const x = column * stepAcross - left;
        const [begin, end] = [Math.max(0, -x), Math.min(across, width - x)]; // of the patch, what lies in the image
        for (let k = 0; k < down; k++) {
          const y = row * stepDown - above + k;
          if (y < 0 || y >= height) continue;
          let target = (row * columns + column) * length + (k * across + begin) * channels;
          let source = image * size + (y * width + x + begin) * channels;
          for (const last = source + (end - begin) * channels; source < last; ) patches[target++] = images[source++] ?? 0;
        }
      }
    }
    product(patches, rows * columns, kernel, bias, out, image * rows * columns * bias.length);
  }
}

/**
 * @param {Pooling} layer
 * @param {Float32Array} images
 * @param {Shape} from
 * @param {Float32Array} out
 */
export function pool(layer, images, from, out) {
  const [height, width, channels] = from;
  const [rows, columns] = imageShape(layer.shape);
  const [down, across] = pair(layer.size);
  const [stepDown, stepAcross] = pair(layer.strides);
  const [above, left] = pair(layer.before);
  const size = height * width * channels;
  let target = 0;
  for (let first = 0; first < images.length; first += size) {
    for (let row = 0; row < rows; row++) {
      const [top, bottom] = between(row * stepDown - above, down, height);
      for (let column = 0; column < columns; column++) {
        const [start, end] = between(column * stepAcross - left, across, width);
        for (let channel = 0; channel < channels; channel++) {
          let [largest, sum] = [-Infinity, 0];
          for (let y = top; y < bottom; y++) {
            for (let x = start; x < end; x++) {
              const value = images[first + (y * width + x) * channels + channel] ?? 0;
              if (value > largest) largest = value;
              sum += value;
            }
          }
          out[target++] = layer.rule === "max" ? largest : sum / ((bottom - top) * (end - start));
        }
      }
    }
  }
}

/**
 * @param {Upsampling} layer
 * @param {Float32Array} images
 * @param {Shape} from
 * @param {Float32Array} out
 */
export function upsample(layer, images, from, out) {
  const [down, across] = pair(layer.size);
  pick(images, from, layer.shape, (row) => Math.floor(row / down), (column) => Math.floor(column / across), out);
}

/**
 * @param {Cropping} layer
 * @param {Float32Array} images
 * @param {Shape} from
 * @param {Float32Array} out
 */
export function crop(layer, images, from, out) {
  const [above, left] = pair(layer.before);
  pick(images, from, layer.shape, (row) => row + above, (column) => column + left, out);
}

/**
 * Zeros around images.
 *
 * @param {Padding} layer
 * @param {Float32Array} images
 * @param {Shape} from
 * @param {Float32Array} out Of zeros.
 */
export function pad(layer, images, [height, width, channels], out) {
  const [rows, columns] = imageShape(layer.shape);
  const [above, left] = pair(layer.before);
  for (let row = 0; row * width * channels < images.length; row++) {
    const target = (Math.floor(row / height) * rows + above + (row % height)) * columns + left;
    out.set(images.subarray(row * width * channels, (row + 1) * width * channels), target * channels);
  }
}

/**
 * Images whose pixels are pixels of others.
 *
 * @param {Float32Array} images
 * @param {Shape} from
 * @param {number[]} shape
 * @param {(row: number) => number} rowOf Where a row comes from.
 * @param {(column: number) => number} columnOf Likewise.
 * @param {Float32Array} out
 */
function pick(images, [height, width, channels], shape, rowOf, columnOf, out) {
  const [rows, columns] = imageShape(shape);
  const sources = Array.from({ length: columns }, (_, column) => columnOf(column) * channels);
  let target = 0;
  for (let first = 0; first < images.length; first += height * width * channels) {
    for (let row = 0; row < rows; row++) {
      const start = first + rowOf(row) * width * channels;
      for (const source of sources) {
        for (let channel = 0; channel < channels; channel++) out[target++] = images[start + source + channel] ?? 0;
      }
    }
  }
}

/**
 * What of a window lies in the image: first place, and the place behind the last.
 *
 * @param {number} start
 * @param {number} size
 * @param {number} length
 * @returns {[number, number]}
 */
function between(start, size, length) {
  return [Math.max(start, 0), Math.min(start + size, length)];
}

/**
 * The first two of some numbers.
 *
 * @param {number[]} numbers
 * @returns {[number, number]}
 */
function pair([first = 1, second = 1]) {
  return [first, second];
}
