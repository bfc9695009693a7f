// @ts-check
/**
 * Pictures: values become what the eye sees, and what a person draws becomes what the network knows.
 */

const FAINT = 0.25; // of the strongest ink of a photograph: shadows, which are none

/**
 * Draws bytes into a canvas, one pixel for each.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} bytes `(height, width, channels)`, 0 to 255.
 * @param {number[]} shape
 */
export function paint(canvas, bytes, shape) {
  const [height = 1, width = 1, channels = 1] = shape;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const image = pen.createImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      image.data[4 * pixel + colour] = bytes[channels * pixel + (channels === 3 ? colour : 0)] ?? 0;
    }
    image.data[4 * pixel + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

/**
 * A picture as a stain of one colour that lets through what lies behind it; colours stay what they are.
 *
 * @param {ArrayLike<number>} bytes `(height, width, channels)`, 0 to 255.
 * @param {number[]} shape
 * @param {[number, number, number]} ink
 */
export function tinted(bytes, [height = 1, width = 1, channels = 1], ink) {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = channels * pixel;
    if (channels === 3) image.data.set([bytes[from] ?? 0, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0, 150], 4 * pixel);
    else image.data.set([...ink, 0.6 * (bytes[from] ?? 0)], 4 * pixel);
  }
  return image;
}

/**
 * A photograph as the data have their pictures: bright on dark, nothing where its border has its brightness, the strongest
 * ink white.
 *
 * @param {Uint8Array} grey
 * @param {number} width
 */
export function lit(grey, width) {
  const height = grey.length / width;
  const border = grey.filter((_, at) => {
    const [column, row] = [at % width, Math.floor(at / width)];
    return column === 0 || row === 0 || column === width - 1 || row === height - 1;
  });
  const ground = border.sort()[border.length >> 1] ?? 0;
  const off = Float32Array.from(grey, (value) => (ground > 127 ? ground - value : value - ground));
  const strongest = Float32Array.from(off).sort()[Math.floor(0.99 * (off.length - 1))] ?? 0;
  const [from, to] = [FAINT * strongest, Math.max(1, strongest)];
  return Uint8ClampedArray.from(off, (value) => (255 * (value - from)) / (to - from));
}

/**
 * Where the ink of a picture is, and how much of it: all measures are in pixels.
 *
 * @typedef {object} Ink
 * @property {number} x Centre of mass.
 * @property {number} y
 * @property {number} left Ends of the box around it.
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/**
 * The ink of a grey picture, bright on dark; undefined if there is none.
 *
 * @param {ArrayLike<number>} grey 0 to 255.
 * @param {number} width
 * @returns {Ink | undefined}
 */
export function inkOf(grey, width) {
  let [mass, x, y] = [0, 0, 0];
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  for (let at = 0; at < grey.length; at++) {
    const value = grey[at] ?? 0;
    if (value < 32) continue;
    const [column, row] = [at % width, Math.floor(at / width)];
    mass += value;
    x += value * column;
    y += value * row;
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  if (!mass) return undefined;
  return { x: x / mass, y: y / mass, left, top, width: right - left + 1, height: bottom - top + 1 };
}

/**
 * How the pictures of a data set lie: where the middle of their ink is and how long its longer side, on average.
 *
 * @param {ArrayLike<number>[]} pictures Grey ones.
 * @param {number} width
 */
export function habit(pictures, width) {
  const inks = pictures.flatMap((one) => inkOf(one, width) ?? []);
  const mean = (/** @type {(ink: Ink) => number} */ of) => inks.reduce((sum, ink) => sum + of(ink) / inks.length, 0);
  return { x: mean((ink) => ink.x), y: mean((ink) => ink.y), side: mean((ink) => Math.max(ink.width, ink.height)) };
}
