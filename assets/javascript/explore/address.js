// @ts-check
/**
 * What is looked at, in the page's address: whoever is sent it sees the same.
 *
 * @import { View } from "../types/explore"
 */

const WAIT = 300; // milliseconds until what is looked at stands in the address
const DIGITS = 3; // of each number: finer than an eye can see
const MOST = 64; // numbers of a code that stand in an address

/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/**
 * What an address names, as far as it can be understood.
 *
 * @param {string} search Part of the address behind the question mark.
 * @param {number} size Numbers in a code.
 * @returns {View}
 */
export function read(search, size) {
  const parameters = new URLSearchParams(search);
  const code = (/** @type {string} */ name) => {
    const numbers = (parameters.get(name) ?? "").split(",").map((text) => (text.trim() ? Number(text) : NaN));
    return numbers.length === size && numbers.every(Number.isFinite) ? Float32Array.from(numbers) : undefined;
  };
  const axes = parameters.get("axes")?.split(",") ?? [];
  const frame = /^[0-9]{1,10}$/.exec(parameters.get("frame") ?? "");
  return { at: code("at"), from: code("from"), to: code("to"), axes, frame: frame ? Number(frame[0]) : undefined };
}

/**
 * An address's part behind the question mark, with what is looked at.
 *
 * @param {string} search As it was.
 * @param {View} view
 */
export function written(search, { at, from, to, axes, frame }) {
  const parameters = new URLSearchParams(search);
  const named = { at: text(at), from: text(from), to: text(to), axes: axes.join(","), frame: frame === undefined ? "" : String(frame) };
  for (const [name, value] of Object.entries(named)) {
    if (value) parameters.set(name, value);
    else parameters.delete(name);
  }
  return `?${parameters}`.replaceAll("%2C", ","); // Streamlit writes commas as they are
}

/** @param {View} view */
export function write(view) {
  if (!location.protocol.startsWith("http")) return; // a page on a disk keeps its address
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const wanted = location.pathname + written(location.search, view) + location.hash;
    if (wanted !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", wanted);
  }, WAIT);
}

/** What was to be written stays unwritten: the page has been left. */
export function forget() {
  clearTimeout(waiting);
}

/** @param {Float32Array | undefined} code */
function text(code) {
  if (!code || code.length > MOST) return "";
  return Array.from(code, (value) => Number(value.toPrecision(DIGITS))).join(",");
}
