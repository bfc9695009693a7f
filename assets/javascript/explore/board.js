// @ts-check
/**
 * Numbers as coloured cells: orange above zero, blue below, the stronger the farther; all of a layer in one picture.
 */

const GAP = 1; // cells between two channels
const MOST_LINES = 48; // channels of a series below each other
const TALL = 28; // cells, about as high as a row of numbers becomes

/**
 * Where the numbers of a shape stand.
 *
 * @param {number[]} shape `(length,)`, `(time, channels)` or `(height, width, channels)`.
 */
export function board(shape) {
  if (shape.length === 2) {
    const [time = 1, channels = 1] = shape;
    return new Board(1, time, channels, Math.ceil(channels / MOST_LINES)); // time goes to the right
  }
  const [height, width, channels = 1] = shape.length === 3 ? shape : around(shape);
  return new Board(height ?? 1, width ?? 1, channels, Math.ceil(Math.sqrt(channels)));
}

/**
 * A row of numbers as an upright sheet.
 *
 * @param {number[]} shape
 */
function around(shape) {
  const length = shape.reduce((product, one) => product * one, 1);
  const columns = Math.ceil(length / Math.max(TALL, Math.ceil(Math.sqrt(length))));
  return [Math.ceil(length / columns), columns, 1];
}

class Board {
  /**
   * @param {number} height
   * @param {number} width
   * @param {number} channels Drawn beside and below each other.
   * @param {number} across How many beside each other.
   */
  constructor(height, width, channels, across) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.across = across;
    this.columns = this.across * (width + GAP) - GAP;
    this.rows = Math.ceil(channels / this.across) * (height + GAP) - GAP;
  }

  /**
   * The cell of a number.
   *
   * @param {number} unit
   */
  cellOf(unit) {
    const [pixel, channel] = [Math.floor(unit / this.channels), unit % this.channels];
    return {
      x: (channel % this.across) * (this.width + GAP) + (pixel % this.width),
      y: Math.floor(channel / this.across) * (this.height + GAP) + Math.floor(pixel / this.width),
    };
  }

  /**
   * The number that stands in a cell; undefined for a gap.
   *
   * @param {number} x In cells, from the left.
   * @param {number} y From above.
   */
  unitAt(x, y) {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [left, top] = [column % (this.width + GAP), row % (this.height + GAP)];
    const channel = Math.floor(row / (this.height + GAP)) * this.across + Math.floor(column / (this.width + GAP));
    if (left >= this.width || top >= this.height || channel >= this.channels || column < 0 || row < 0) return undefined;
    return (top * this.width + left) * this.channels + channel;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ArrayLike<number>} values
   * @param {number} scale Pixels of the page for each cell.
   * @param {number} [chosen] The number with a frame around it.
   */
  paint(canvas, values, scale, chosen) {
    const { columns, rows } = this;
    Object.assign(canvas, { width: columns, height: rows });
    Object.assign(canvas.style, { width: `${columns * scale}px`, height: `${rows * scale}px` });
    const pen = canvas.getContext("2d");
    if (!pen) return;
    const image = pen.createImageData(columns, rows);
    let strongest = 1e-9;
    for (let at = 0; at < values.length; at++) strongest = Math.max(strongest, Math.abs(values[at] ?? 0));
    for (let unit = 0; unit < values.length; unit++) {
      const { x, y } = this.cellOf(unit);
      image.data.set([...colour((values[unit] ?? 0) / strongest), 255], 4 * (y * columns + x));
    }
    pen.putImageData(image, 0, 0);
    if (chosen === undefined) return;
    const { x, y } = this.cellOf(chosen);
    pen.fillStyle = "#00ff66";
    pen.fillRect(x, y, 1, 1);
  }
}

/**
 * The colour of a number between -1 and 1.
 *
 * @param {number} share
 * @returns {[number, number, number]}
 */
export function colour(share) {
  const strength = Math.sqrt(Math.min(1, Math.abs(share)));
  const [red, green, blue] = share > 0 ? [255, 170, 60] : [70, 150, 255];
  return [24 + (red - 24) * strength, 26 + (green - 26) * strength, 32 + (blue - 32) * strength];
}
