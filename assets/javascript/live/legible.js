// @ts-check
/**
 * Colours that stand out. The palette of the figures serves both themes; on white some of it is too light for weak eyes,
 * on black some too dark, and is moved there just as far as it must be. Its hue stays.
 */

/** Contrast that lines and points have beside the page, as WCAG 2.2 counts it; points let a little of the page through. */
export const GRAPHIC = 3.6;
/** Contrast of text. */
export const TEXT = 4.5;
const STEPS = 40;

/** @type {Map<string, string>} */
const found = new Map();

/**
 * A colour as far towards black or white as it must go to stand out from a background.
 *
 * @param {string} colour `#rrggbb`; anything else stays as it is.
 * @param {string} background `#rgb`, `#rrggbb` or `rgb(…)`.
 * @param {number} wanted The contrast it must have.
 */
export function legible(colour, background, wanted = GRAPHIC) {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  const key = `${colour} ${background} ${wanted}`;
  const known = found.get(key);
  if (known) return known;
  const [own, page] = [parts(colour), parts(background)];
  const end = luminance(page) > 0.18 ? 0 : 255;
  let best = own;
  for (let step = 0; step <= STEPS && contrast(best, page) < wanted; step++) {
    best = own.map((part) => Math.round(part + (step / STEPS) * (end - part)));
  }
  const made = `#${best.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  found.set(key, made);
  return made;
}

/**
 * The background on which text of a colour stands, where nothing else tells it.
 *
 * @param {string} ink As computed styles have it.
 */
export function behind(ink) {
  return luminance(parts(ink)) > 0.18 ? "#12161c" : "#ffffff";
}

/**
 * @param {string} colour
 * @returns {number[]} Red, green, blue, up to 255.
 */
function parts(colour) {
  const digits = colour.match(/^#([0-9a-f]+)$/i)?.[1];
  if (!digits) return (colour.match(/[\d.]+/g) ?? [255, 255, 255]).slice(0, 3).map(Number);
  const pairs = digits.length < 6 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  return pairs.slice(0, 3).map((pair) => parseInt(pair, 16));
}

/** @param {number[]} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * The contrast of two colours, from 1 to 21.
 *
 * @param {number[]} one
 * @param {number[]} other
 */
function contrast(one, other) {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
