// @ts-check
/**
 * How densely points lie: lines within which a share of them lies.
 */

const CELLS = 72; // across and up
const WIDE = 4; // standard deviations after which the kernel ends

/** Shares of the points that lie within the lines. */
export const SHARES = [0.5, 0.8, 0.95];

/**
 * A line between two places.
 *
 * @typedef {[number, number, number, number]} Piece
 */

/**
 * Lines of equal density of a kernel estimate, for each share the pieces of its line. The kernel is normal, and as wide as
 * Scott's rule has it.
 *
 * @param {Float32Array} points `x, y, x, y, …`.
 * @param {readonly number[]} ends Left, right, bottom and top of what is looked at.
 * @param {number[]} [shares]
 * @returns {Piece[][]}
 * @see Hyndman, Computing and graphing highest density regions, The American Statistician 1996.
 */
export function contours(points, [left = 0, right = 1, bottom = 0, top = 1], shares = SHARES) {
  const count = points.length / 2;
  const [stepX, stepY] = [(right - left) / (CELLS - 1), (top - bottom) / (CELLS - 1)];
  const place = (/** @type {number} */ at) => {
    const column = Math.round(((points[2 * at] ?? 0) - left) / stepX);
    const row = Math.round(((points[2 * at + 1] ?? 0) - bottom) / stepY);
    return column >= 0 && column < CELLS && row >= 0 && row < CELLS ? row * CELLS + column : -1;
  };
  /** @type {Float32Array<ArrayBufferLike>} */
  let density = new Float32Array(CELLS * CELLS);
  for (let at = 0; at < count; at++) {
    const cell = place(at);
    if (cell >= 0) density[cell] = (density[cell] ?? 0) + 1;
  }
  const scott = count ** (-1 / 6);
  density = blurred(density, Math.max(0.5, (scott * deviation(points, 0)) / stepX), 1);
  density = blurred(density, Math.max(0.5, (scott * deviation(points, 1)) / stepY), CELLS);
  const seen = Array.from({ length: count }, (_, at) => density[place(at)] ?? 0).sort((one, other) => other - one);
  return shares.map((share) => {
    const level = seen[Math.min(count - 1, Math.floor(share * count))] ?? 0;
    return lines(density, level).map(([a, b, c, d]) => [left + a * stepX, bottom + b * stepY, left + c * stepX, bottom + d * stepY]);
  });
}

/**
 * @param {Float32Array} points
 * @param {0 | 1} axis
 */
function deviation(points, axis) {
  let [sum, squares] = [0, 0];
  for (let at = axis; at < points.length; at += 2) {
    sum += points[at] ?? 0;
    squares += (points[at] ?? 0) ** 2;
  }
  const count = points.length / 2;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/**
 * @param {Float32Array} grid
 * @param {number} sigma In cells.
 * @param {number} step From a cell to its neighbour.
 */
function blurred(grid, sigma, step) {
  const reach = Math.ceil(WIDE * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)));
  return grid.map((_, cell) => {
    const along = step === 1 ? cell % CELLS : Math.floor(cell / CELLS);
    let sum = 0;
    for (let off = Math.max(-reach, -along); off <= Math.min(reach, CELLS - 1 - along); off++) {
      sum += (kernel[off + reach] ?? 0) * (grid[cell + off * step] ?? 0);
    }
    return sum;
  });
}

/**
 * Marching squares: where the grid passes through a level, in cells.
 *
 * @param {Float32Array} grid
 * @param {number} level
 * @returns {Piece[]}
 */
function lines(grid, level) {
  /** @type {Piece[]} */
  const pieces = [];
  for (let row = 0; row + 1 < CELLS; row++) {
    for (let column = 0; column + 1 < CELLS; column++) {
      const corners = /** @type {const} */ ([[0, 0], [1, 0], [1, 1], [0, 1]]);
      const values = corners.map(([right, up]) => (grid[(row + up) * CELLS + column + right] ?? 0) - level);
      /** @type {[number, number][]} */
      const crossed = [];
      corners.forEach(([right, up], at) => {
        const [one, other] = [values[at] ?? 0, values[(at + 1) % 4] ?? 0];
        const [nextRight, nextUp] = corners[(at + 1) % 4] ?? [0, 0];
        if (one > 0 === other > 0) return;
        const share = one / (one - other);
        crossed.push([column + right + share * (nextRight - right), row + up + share * (nextUp - up)]);
      });
      for (let at = 0; at + 1 < crossed.length; at += 2) {
        pieces.push([...(crossed[at] ?? [0, 0]), ...(crossed[at + 1] ?? [0, 0])]);
      }
    }
  }
  return pieces;
}
