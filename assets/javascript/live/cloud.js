// @ts-check
/**
 * The points of a map. They are drawn on a canvas above the axes, which takes a millisecond, and glide from one frame to
 * the next; Plotly draws axes and legend, and lets a person zoom. (With its own points, drawn by WebGL, a change of axes
 * took it 130 to 240 milliseconds on a machine without a graphics card.)
 *
 * @import { Figure } from "../types/figure"
 * @import { Layout, Plot, Trace } from "../types/plotly"
 */
import { layOver } from "./canvas.js";

const FRAME = 33; // milliseconds between two pictures
const RADIUS = 0.5; // of a marker's size
const NEAR = 12; // pixels within which a point counts as pointed at

/**
 * The points of one class, in pixels from the corner of the axes: on their way to other axes they move as the eye sees it.
 *
 * @typedef {object} Group
 * @property {string} name
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Uint16Array} numbers Their places in the atlas.
 * @property {string} colour
 * @property {number} size
 * @property {string} symbol
 */

/**
 * A point that is pointed at.
 *
 * @typedef {object} Found
 * @property {number} number Its place in the atlas.
 * @property {string} name Its class.
 * @property {number} x Pixels from the corner of the axes.
 * @property {number} y
 */

export class Cloud {
  /**
   * Where the points are now.
   *
   * @type {Group[]}
   */
  now = [];
  /** @type {Group[]} */
  from = [];
  /** @type {number} */
  running = 0;

  /** @param {HTMLElement} root Root element of the view. */
  constructor(root) {
    this.root = root;
  }

  /**
   * Moves the points.
   *
   * @param {Plot} plot
   * @param {Group[]} goal Where to.
   * @param {number} milliseconds How long that takes.
   * @param {boolean} trails Whether a line shows how far each has moved.
   */
  to(plot, goal, milliseconds, trails) {
    cancelAnimationFrame(this.running);
    const able = alike(this.now, goal) && goal.every(({ x }) => x.every(Number.isFinite));
    const from = able ? this.now : goal;
    this.from = trails ? from : [];
    const begun = performance.now();
    let painted = -Infinity;
    const move = () => {
      const at = performance.now();
      const share = milliseconds ? Math.min((at - begun) / milliseconds, 1) : 1;
      if (at - painted >= FRAME || share === 1) {
        painted = at;
        this.now = between(from, goal, share);
        this.paint(plot);
      }
      if (share < 1) this.running = requestAnimationFrame(move);
    };
    move();
  }

  /** @param {Plot} plot */
  paint(plot) {
    const pen = layOver(this.root, plot, "ae-cloud");
    if (!pen) return;
    pen.globalAlpha = 0.45;
    this.from.forEach((start, place) => {
      const end = this.now[place];
      if (!end) return;
      pen.strokeStyle = end.colour;
      pen.beginPath();
      start.x.forEach((x, at) => {
        pen.moveTo(x, start.y[at] ?? 0);
        pen.lineTo(end.x[at] ?? 0, end.y[at] ?? 0);
      });
      pen.stroke();
    });
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

  /**
   * The point that lies next to a place, if one is near.
   *
   * @param {number} x Pixels from the corner of the axes.
   * @param {number} y
   * @returns {Found | undefined}
   */
  at(x, y) {
    let [found, least] = [/** @type {Found | undefined} */ (undefined), NEAR ** 2];
    for (const group of this.now) {
      group.x.forEach((across, place) => {
        const up = group.y[place] ?? 0;
        const far = (across - x) ** 2 + (up - y) ** 2;
        if (far >= least) return;
        least = far;
        found = { number: group.numbers[place] ?? 0, name: group.name, x: across, y: up };
      });
    }
    return found;
  }

  /**
   * Where a point is now; undefined if its class is hidden.
   *
   * @param {number} number Its place in the atlas.
   * @returns {Found | undefined}
   */
  where(number) {
    for (const { name, x, y, numbers } of this.now) {
      const place = numbers.indexOf(number);
      if (place >= 0) return { number, name, x: x[place] ?? 0, y: y[place] ?? 0 };
    }
    return undefined;
  }

  close() {
    cancelAnimationFrame(this.running);
  }
}

/**
 * What Plotly gets to draw of a map: a name in the legend for each class, and two unseen corners, between which its axes
 * stretch.
 *
 * @param {Trace[]} data
 * @param {Layout} layout
 * @returns {Trace[]}
 */
export function hollow(data, layout) {
  const corners = ({ minallowed, maxallowed } = { minallowed: -1, maxallowed: 1 }) => [minallowed, maxallowed];
  const frame = {
    type: "scatter",
    mode: "markers",
    x: corners(layout.xaxis?.autorangeoptions),
    y: corners(layout.yaxis?.autorangeoptions),
    marker: { color: "#000", size: 0.1, symbol: "circle", opacity: 0 },
    hoverinfo: "skip",
    showlegend: false,
  };
  const names = data.map((trace) => ({ ...trace, type: "scatter", x: [null], y: [null], customdata: [null] }));
  return [...names, frame];
}

/**
 * The points of a figure where Plotly's axes have them; those of a class that a person has hidden are not among them.
 *
 * @param {Figure} figure
 * @param {Plot} plot
 * @param {number} times How many times as large as usual they are.
 * @returns {Group[]}
 */
export function groupsOf({ data }, plot, times = 1) {
  const { xaxis, yaxis } = plot._fullLayout;
  return data.flatMap(({ x, y, customdata, marker, meta }, index) => {
    if (plot._fullData[index]?.visible !== true || !marker) return [];
    const { size, symbol } = marker;
    const colour = plot._fullData[index]?.marker?.color ?? marker.color; // as the page's theme has it
    const places = new Uint16Array(bytes(customdata));
    return {
      name: meta?.name ?? "", // in plain text; in the trace's own it is in Plotly's
      x: new Float32Array(bytes(x)).map((value) => xaxis.d2p(value)),
      y: new Float32Array(bytes(y)).map((value) => yaxis.d2p(value)),
      numbers: places,
      colour,
      size: size * times,
      symbol,
    };
  });
}

/**
 * Numbers as Plotly's JSON has them: bytes in letters.
 *
 * @param {unknown} coded
 * @returns {ArrayBuffer}
 */
export function bytes(coded) {
  if (typeof coded !== "object" || coded === null || !("bdata" in coded) || typeof coded.bdata !== "string") {
    throw new TypeError("The points of a map must be typed numbers.");
  }
  return Uint8Array.from(atob(coded.bdata), (letter) => letter.charCodeAt(0)).buffer;
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
