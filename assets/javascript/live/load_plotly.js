// @ts-check
/**
 * Loads plotly.js, once for all views of the page.
 *
 * @import { Plotly } from "../types/plotly"
 */

const LONGEST_WAIT = 400; // milliseconds until a page that is never idle is taken for idle
const SETTLE = 150; // milliseconds between two idle moments

/** @type {Promise<Plotly> | undefined} */
let loading;

/**
 * Loads plotly.js, in a quiet moment of the page.
 *
 * @param {string} address
 * @returns {Promise<Plotly>}
 */
export function load(address) {
  if (!loading) {
    prefetch(address);
    loading = quiet().then(() => run(address));
    loading.catch(() => (loading = undefined)); // the next message tries again
  }
  return loading;
}

/** @param {string} address */
function prefetch(address) {
  const link = Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: address });
  document.head.append(link);
}

/**
 * @param {string} address
 * @returns {Promise<Plotly>}
 */
function run(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => reject(new Error(`${script.src} could not be loaded.`));
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : fail());
    script.onerror = fail;
    document.head.append(script);
  });
}

/**
 * Widgets first: parsing plotly.js keeps a slow machine busy for a second, in which no button would appear. The widgets
 * come in several files, so the first idle moment may fall between two of them. Meanwhile plotly.js is fetched.
 */
async function quiet() {
  await idle();
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  await idle();
}

/** @returns {Promise<void>} */
function idle() {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in window) window.requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT });
    else resolve(); // Safari has no such call
  });
}
