// @ts-check
/**
 * The section's drawings, as SVG.
 *
 * @import { Curve, Group, Point, Scale } from "../types/odd"
 */
import { placeOf, scoreAt } from "./judge.js";

const LEFT = 34; // pixels beside a curve, for its axis
const RIGHT = 6;
const BELOW = 30;
const ABOVE = 6;
const TICKS = 5;

/** @param {string} text */
export function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * A number as short as it can be read.
 *
 * @param {number} value
 */
export function short(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 100_000)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/**
 * A number of the data so that it can be found there: whole ones whole, others in up to six digits.
 *
 * @param {number} value
 */
export function exact(value) {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(6)));
}

/**
 * An estimate of a number of the data: with as many decimals as that has, or so many that three digits tell something.
 *
 * @param {number} value
 * @param {number} like What it stands beside.
 */
export function estimate(value, like) {
  const needed = value ? 2 - Math.floor(Math.log10(Math.abs(value))) : 0;
  const decimals = Math.max(exact(like).split(".")[1]?.length ?? 0, needed, 0);
  return exact(Number(decimals > 8 ? value.toPrecision(3) : value.toFixed(decimals)));
}

/**
 * @param {Group[]} groups
 * @param {Scale} scale
 * @param {number} threshold
 * @param {number} width Pixels, like the next.
 * @param {number} height
 */
export function histogramSvg(groups, scale, threshold, width, height) {
  const top = Math.max(...groups.flatMap(({ shares }) => shares), 1e-9);
  const floor = height - BELOW + 12;
  const filled = groups.length <= 2;
  const drawn = groups.map(({ colour, shares }) => {
    const wide = width / shares.length;
    const steps = shares.map((share, at) => `V${round(floor - (share / top) * (floor - ABOVE))}H${round((at + 1) * wide)}`);
    const look = filled ? `fill="${colour}" fill-opacity="0.35"` : 'fill="none"';
    return `<path d="M0 ${floor}${steps.join("")}V${floor}" ${look} stroke="${colour}" stroke-width="1.5"/>`;
  });
  const ticks = Array.from({ length: TICKS }, (_, at) => at / (TICKS - 1)).map((place) => {
    const anchor = place === 0 ? "start" : place === 1 ? "end" : "middle";
    return `<text x="${round(place * width)}" y="${height - 4}" text-anchor="${anchor}">${short(scoreAt(scale, place))}</text>`;
  });
  const x = round(placeOf(scale, threshold) * width);
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">` +
    `${drawn.join("")}<path class="ae-odd-axis" d="M0 ${floor}H${width}"/>${ticks.join("")}` +
    `<path class="ae-odd-threshold" d="M${x} 0V${floor}"/></svg>`
  );
}

/**
 * Curves in a square of 0 to 1, with a point for where the threshold is. Colours and dashes are in `odd.css`, by name.
 *
 * @param {Curve[]} curves
 * @param {string} chosen Name of the one that lies above the others, and is bolder.
 * @param {Point | undefined} here
 * @param {[string, string]} titles Of the two axes.
 * @param {Point[]} chance What guessing gives.
 * @param {number} width Pixels, like the next.
 * @param {number} height
 */
export function curvesSvg(curves, chosen, here, titles, chance, width, height) {
  const x = (/** @type {number} */ value) => round(LEFT + value * (width - LEFT - RIGHT));
  const y = (/** @type {number} */ value) => round(height - BELOW - value * (height - BELOW - ABOVE));
  const path = (/** @type {Point[]} */ points) => points.map(([one, other], at) => `${at ? "L" : "M"}${x(one)} ${y(other)}`).join("");
  const grid = [0, 0.5, 1].map(
    (value) =>
      `<path class="ae-odd-axis" d="M${x(0)} ${y(value)}H${x(1)}M${x(value)} ${y(0)}V${y(1)}"/>` +
      `<text x="${x(0) - 4}" y="${y(value) + 4}" text-anchor="end">${value}</text>` +
      `<text x="${x(value)}" y="${y(0) + 12}" text-anchor="${value === 1 ? "end" : "middle"}">${value}</text>`,
  );
  const rest = curves.filter(({ name }) => name !== chosen);
  const above = curves.filter(({ name }) => name === chosen);
  const lines = [...rest, ...above].map(({ name, points }) => line(name, name === chosen, path(points)));
  const point = here ? `<circle class="ae-odd-here" cx="${x(here[0])}" cy="${y(here[1])}" r="4.5"/>` : "";
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">${grid.join("")}` +
    `<path class="ae-odd-chance" d="${path(chance)}"/>${lines.join("")}${point}` +
    `<text x="${x(0.5)}" y="${height - 4}" text-anchor="middle">${escaped(titles[0])}</text>` +
    `<text transform="translate(9 ${y(0.5)}) rotate(-90)" text-anchor="middle">${escaped(titles[1])}</text></svg>`
  );
}

/**
 * A piece of a detector's line, for the legend.
 *
 * @param {string} name
 * @param {boolean} bold
 */
export function sampleSvg(name, bold) {
  return `<svg width="30" height="8" viewBox="0 0 30 8" aria-hidden="true">${line(name, bold, "M0 4H30")}</svg>`;
}

/**
 * @param {string} name
 * @param {boolean} bold
 * @param {string} path
 */
function line(name, bold, path) {
  return `<path class="ae-odd-curve${bold ? " ae-odd-bold" : ""}" data-curve="${escaped(name)}" d="${path}"/>`;
}

/** @param {number} pixels */
function round(pixels) {
  return Math.round(pixels * 10) / 10;
}
