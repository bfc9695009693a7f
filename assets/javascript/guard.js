// @ts-check
/**
 * Watches over a page whose content may be lost: then it is loaded anew, but not again and again.
 *
 * @import { Component } from "./types/streamlit"
 */

const LOOK = 1000; // milliseconds between two looks
const AGAIN = 60_000; // milliseconds within which a page that broke before is not loaded again
const KEY = "ae_broken"; // when the page was last loaded anew, in the tab's own store
const SAID = 10_000; // milliseconds that it is said

let watching = false;
let told = false;
const kept = store();

/** @param {Component} component Its data are the words. */
export default function guard({ data }) {
  const words = JSON.parse(new TextDecoder().decode(data ?? new Uint8Array()));
  speak(document.documentElement, words.language);
  if (!told) {
    told = true;
    if (kept?.getItem(`${KEY}_say`)) say(words);
    kept?.removeItem(`${KEY}_say`);
  }
  if (watching) return;
  watching = true;
  let empty = 0;
  setInterval(() => {
    empty = lost(document.getElementById("root")) ? empty + 1 : 0;
    if (empty < 2 || !kept) return;
    const before = Number(kept.getItem(KEY) ?? 0);
    if (Date.now() - before < AGAIN) return;
    kept.setItem(KEY, String(Date.now()));
    kept.setItem(`${KEY}_say`, "1");
    location.reload();
  }, LOOK);
}

/** The tab's own store; undefined where the page is part of somebody else's and the browser keeps nothing for it. */
function store() {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

/**
 * Says in which language a page is, and that it is not to be translated: a browser that does so puts elements of its own
 * around words, and Streamlit then fails to find what it wants to replace, so that views vanish.
 *
 * @param {Pick<HTMLElement, "lang" | "translate" | "classList">} page Its root element.
 * @param {string} language
 */
export function speak(page, language) {
  page.lang = language;
  page.translate = false;
  page.classList.add("notranslate"); // what Google's own translation looks for
}

/**
 * Whether a page has nothing on it any more.
 *
 * @param {{ childElementCount: number } | null} root What holds the page.
 */
export function lost(root) {
  return root === null || root.childElementCount === 0;
}

/** @param {{ said: string, close: string }} words */
function say({ said, close }) {
  const note = document.createElement("div");
  note.setAttribute("role", "status");
  note.className = "ae-reloaded";
  note.textContent = said;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: "×", title: close, onclick: () => note.remove() });
  button.setAttribute("aria-label", close);
  note.append(button);
  document.body.append(note);
  setTimeout(() => note.remove(), SAID);
}
