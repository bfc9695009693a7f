// @ts-check
/**
 * Lets the points of a map glide from one frame to the next, on a canvas above it: Plotly needs fifty milliseconds to
 * draw two thousand points, a canvas one.
 *
 * @import { Plot } from "../types/plotly"
 */

const FRAME = 33; // milliseconds between two pictures
const RADIUS = 0.5; // of a marker's size

/**
 * The points of one class, in pixels from the corner of the axes: on their way to other axes they move as the eye sees it.
 *
 * @typedef {object} Group
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {string} colour
 * @property {number} size
 * @property {string} symbol
 */

export class Glide {
  /** @type {HTMLCanvasElement | undefined} */
  canvas;
  /**
   * Where the points are now.
   *
   * @type {Group[]}
   */
  now = [];
  /** @type {number} */
  running = 0;

  /** @param {HTMLElement} root Root element of the view. */
  constructor(root) {
    this.root = root;
  }

  /**
   * Moves the points to where Plotly has drawn them.
   *
   * @param {Plot} plot
   * @param {number} milliseconds How long that takes.
   */
  to(plot, milliseconds) {
    const goal = groupsOf(plot);
    if (!goal.every(({ x }) => x.every(Number.isFinite))) milliseconds = 0;
    const from = this.now;
    cancelAnimationFrame(this.running);
    if (!milliseconds || !alike(from, goal) || goal.length === 0) {
      this.now = goal;
      this.rest();
      return;
    }
    const begun = performance.now();
    let painted = -Infinity;
    this.root.classList.add("ae-gliding");
    const move = () => {
      const at = performance.now();
      const share = Math.min((at - begun) / milliseconds, 1);
      if (at - painted >= FRAME || share === 1) {
        painted = at;
        this.now = between(from, goal, share);
        this.paint(plot);
      }
      if (share < 1) this.running = requestAnimationFrame(move);
      else this.running = requestAnimationFrame(() => this.rest()); // Plotly's own points have been drawn by now
    };
    move();
  }

  /** Shows Plotly's own points. */
  rest() {
    this.root.classList.remove("ae-gliding");
    if (this.canvas) this.canvas.hidden = true;
  }

  /** @param {Plot} plot */
  paint(plot) {
    const { xaxis, yaxis } = plot._fullLayout;
    const [width, height] = [xaxis._length, yaxis._length];
    const canvas = (this.canvas ??= this.root.appendChild(document.createElement("canvas")));
    const dense = devicePixelRatio || 1;
    canvas.className = "ae-glide";
    canvas.hidden = false;
    Object.assign(canvas, { width: width * dense, height: height * dense });
    Object.assign(canvas.style, {
      left: `${xaxis._offset}px`,
      top: `${yaxis._offset}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    const pen = canvas.getContext("2d");
    if (!pen) return;
    pen.scale(dense, dense);
    pen.globalAlpha = 0.85;
    for (const { x, y, colour, size, symbol } of this.now) {
      pen.fillStyle = colour;
      pen.beginPath();
      for (let place = 0; place < x.length; place++) {
        mark(pen, x[place] ?? 0, y[place] ?? 0, size * RADIUS, symbol);
      }
      pen.fill();
    }
  }

  close() {
    cancelAnimationFrame(this.running);
    this.canvas?.remove();
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} symbol
 */
function mark(pen, x, y, radius, symbol) {
  if (symbol === "square") pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else if (symbol === "diamond") {
    const far = 1.3 * radius;
    pen.moveTo(x, y - far);
    pen.lineTo(x + far, y);
    pen.lineTo(x, y + far);
    pen.lineTo(x - far, y);
    pen.closePath();
  } else {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

/**
 * The points that Plotly has drawn; those of a class that a person has hidden are not among them.
 *
 * @param {Plot} plot
 * @returns {Group[]}
 */
export function groupsOf(plot) {
  const { xaxis, yaxis } = plot._fullLayout;
  return plot._fullData
    .filter((trace) => trace.mode === "markers" && trace.visible === true && trace.marker)
    .map(({ x, y, marker }) => ({
      x: Float32Array.from(x, (value) => xaxis.l2p(value)),
      y: Float32Array.from(y, (value) => yaxis.l2p(value)),
      colour: marker?.color ?? "",
      size: marker?.size ?? 5,
      symbol: marker?.symbol ?? "circle",
    }));
}

/**
 * Whether two sets of points are the same points.
 *
 * @param {Group[]} one
 * @param {Group[]} other
 */
export function alike(one, other) {
  return (
    one.length === other.length &&
    one.every(({ x, colour }, place) => x.length === other[place]?.x.length && colour === other[place]?.colour)
  );
}

/**
 * Points on their way.
 *
 * @param {Group[]} from
 * @param {Group[]} to
 * @param {number} share How much of the way lies behind them, 0 to 1.
 * @returns {Group[]}
 */
export function between(from, to, share) {
  return to.map((group, place) => {
    const start = from[place];
    if (!start || share === 1) return group;
    const mix = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
      Float32Array.from(b, (value, at) => (a[at] ?? value) + share * (value - (a[at] ?? value)));
    return { ...group, x: mix(start.x, group.x), y: mix(start.y, group.y) };
  });
}
