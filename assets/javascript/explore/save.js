// @ts-check
/**
 * Takes a part of the page away: as it looks, dark on white, or its numbers.
 *
 * @import { Row } from "../types/explore"
 */
import { PAPER } from "../live/theme.js";

const MARGIN = 12; // pixels around it
const DENSE = 2; // pixels of a PNG for each of the page
/** @type {Record<string, string>} */
const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Rows as a CSV file has them. Of the texts, whoever brought them, a spreadsheet makes no formulas.
 *
 * @param {Row[]} rows
 */
export function csv(rows) {
  const cell = (/** @type {string | number} */ value) => {
    const text = typeof value === "number" ? String(value) : plain(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/**
 * A text that a spreadsheet takes for a text and not for a formula, as `csv_cell` of `ae_core.formats.escape` writes it.
 *
 * @param {string} text
 */
function plain(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/**
 * A part of the page as an SVG: its pictures, its drawings and its text, where they stand. Its colours must be those of
 * paper already.
 *
 * @param {HTMLElement} root
 */
export function svg(root) {
  const box = root.getBoundingClientRect();
  const [left, top] = [box.left - MARGIN, box.top - MARGIN];
  const [width, height] = [Math.ceil(box.width + 2 * MARGIN), Math.ceil(box.height + 2 * MARGIN)];
  const content = [...pictures(root, left, top), ...drawings(root, left, top), ...texts(root, left, top)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="${PAPER.background}"/>${content.join("")}</svg>`
  );
}

/**
 * @param {HTMLElement} root
 * @param {number} left
 * @param {number} top
 */
function pictures(root, left, top) {
  return [...root.querySelectorAll("canvas")].filter(seen).map((canvas) => {
    const { x, y, width, height } = canvas.getBoundingClientRect();
    const style = getComputedStyle(canvas).imageRendering === "pixelated" ? ' style="image-rendering:pixelated"' : "";
    const place = `x="${x - left}" y="${y - top}" width="${width}" height="${height}"`;
    return `<image ${place} preserveAspectRatio="none"${style} href="${canvas.toDataURL()}"/>`;
  });
}

/**
 * @param {HTMLElement} root
 * @param {number} left
 * @param {number} top
 */
function drawings(root, left, top) {
  return [...root.querySelectorAll("svg")].filter(seen).map((drawing) => {
    const { x, y, width, height } = drawing.getBoundingClientRect();
    const copy = /** @type {SVGElement} */ (drawing.cloneNode(true));
    const place = { x: x - left, y: y - top, width, height, color: PAPER.text, "font-family": PAPER.font };
    for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value));
    return copy.outerHTML;
  });
}

/**
 * The lines of all text, as the page has broken them.
 *
 * @param {HTMLElement} root
 * @param {number} left
 * @param {number} top
 */
function texts(root, left, top) {
  /** @type {string[]} */
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!parent || parent.closest("button, select, svg, label, .ae-tools") || !seen(parent)) continue;
    const style = getComputedStyle(parent);
    for (const { text, x, right, bottom } of linesOf(node)) {
      const escaped = text.replace(/[&<>"]/g, (letter) => ESCAPED[letter] ?? letter);
      const place = `x="${x - left}" y="${bottom - top}" textLength="${right - x}" lengthAdjust="spacingAndGlyphs"`;
      const font = `font-family="${PAPER.font}" font-size="${style.fontSize}" font-weight="${style.fontWeight}"`;
      found.push(`<text ${place} fill="${PAPER.text}" ${font}>${escaped}</text>`);
    }
  }
  return found;
}

/** @param {Node} node */
function linesOf(node) {
  /** @type {{ text: string, x: number, right: number, bottom: number }[]} */
  const lines = [];
  const range = document.createRange();
  for (const { 0: word, index } of (node.textContent ?? "").matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { x, right, bottom, height } = range.getBoundingClientRect();
    const line = lines.at(-1);
    const base = bottom - 0.22 * height; // below it are only descenders
    if (line && Math.abs(line.bottom - base) < 2) Object.assign(line, { text: `${line.text} ${word}`, right });
    else lines.push({ text: word, x, right, bottom: base });
  }
  return lines;
}

/** @param {Element} element */
function seen(element) {
  return element.getClientRects().length > 0;
}

/**
 * A drawing as an image that can be put into another.
 *
 * @param {string} drawing An SVG.
 */
export async function drawn(drawing) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
  await image.decode();
  return image;
}

/**
 * The drawing as a PNG.
 *
 * @param {string} drawing An SVG.
 * @returns {Promise<Blob>}
 */
export async function png(drawing) {
  const image = await drawn(drawing);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: DENSE * image.width, height: DENSE * image.height });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("There is no canvas.");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("No picture could be made."))));
  });
}

/**
 * Hands a file to the reader.
 *
 * @param {Blob} content
 * @param {string} name
 */
export function download(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
