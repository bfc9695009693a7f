// @ts-check
/**
 * Explains words of the field wherever they stand on a page: under a pointer, a finger, or step by step with a key.
 *
 * The page itself is not changed for it: what Streamlit has drawn must stay as it is, or it loses its place there. So
 * words are looked for in the text under the pointer, and underlined by highlights, which are no elements.
 *
 * @import { Component } from "./types/streamlit"
 */

/**
 * @typedef {{ term: string, forms: string[], meaning: string, lesson: string, title: string }} Entry
 * @typedef {{ words: Entry[], seen: string, address: string }} Glossary
 * @typedef {{ start: number, end: number, entry: Entry }} Found
 */

const KEY = "?"; // explains the next word that is on the screen
const REST = 180; // milliseconds that a pointer rests on a word before it is explained
const LATER = 400; // milliseconds between two looks at what has changed
const LONGEST = 3000; // characters of one text
// Texts in which words are underlined; anywhere else they are explained all the same.
const MARKED = ".st-key-lesson_see, .st-key-lesson_predict, .st-key-lesson_why, [class*='st-key-theory_'], .ae-outcome";
const NOT_THERE = "pre, code, input, textarea, select, [contenteditable], [data-help], .ae-words, .katex";
const NOT_TAPPED = "button, a, label, summary, [role=button], [role=option], [role=slider], [role=tab]";

/** @type {Words | undefined} */
let words;
let fetched = "";

/** @param {Component} component Its data are the address of the glossary in the reader's language. */
export default function explain({ data }) {
  const address = new TextDecoder().decode(data ?? new Uint8Array());
  if (address === fetched) return;
  fetched = address;
  load(address).catch(() => (fetched = ""));
}

/** @param {string} address */
async function load(address) {
  const answer = await fetch(new URL(address, document.baseURI));
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  words ??= new Words();
  words.learn(await answer.json());
}

/**
 * A pattern that finds any of the words: the longest first, with a plural, and only whole ones where a script parts
 * words by spaces.
 *
 * @param {string[]} forms
 */
export function pattern(forms) {
  const sorted = [...forms].sort((one, other) => other.length - one.length);
  const parts = sorted.map((form) => {
    const plain = form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    return /\p{Script=Han}/u.test(form) ? plain : `(?<![\\p{L}\\p{N}])${plain}(?:e?s)?(?![\\p{L}\\p{N}])`;
  });
  return new RegExp(parts.join("|") || "(?!)", "giu");
}

/** A glossary that finds its words in a text. */
export class Finder {
  /** @param {Entry[]} entries */
  constructor(entries) {
    /** @type {Map<string, Entry>} */
    this.entries = new Map();
    for (const entry of entries) for (const form of entry.forms) this.entries.set(plain(form), entry);
    this.pattern = pattern(entries.flatMap(({ forms }) => forms));
  }

  /**
   * All words in a text.
   *
   * @param {string} text
   * @returns {Found[]}
   */
  all(text) {
    return [...text.slice(0, LONGEST).matchAll(this.pattern)].flatMap((found) => {
      const entry = this.entry(found[0]);
      return entry ? [{ start: found.index, end: found.index + found[0].length, entry }] : [];
    });
  }

  /**
   * The word at a place of a text.
   *
   * @param {string} text
   * @param {number} place
   */
  at(text, place) {
    return this.all(text).find(({ start, end }) => start <= place && place <= end);
  }

  /** @param {string} form */
  entry(form) {
    const known = plain(form);
    return this.entries.get(known) ?? this.entries.get(known.replace(/s$/, "")) ?? this.entries.get(known.replace(/es$/, ""));
  }
}

/** @param {string} form */
function plain(form) {
  return form.toLowerCase().replace(/\s+/g, " ");
}

class Words {
  constructor() {
    this.finder = new Finder([]);
    this.seen = this.address = "";
    this.card = document.body.appendChild(document.createElement("div"));
    this.card.className = "ae-words";
    this.card.setAttribute("role", "status");
    this.card.hidden = true;
    /** @type {Range | Element | undefined} What is explained. */
    this.explained = undefined;
    this.top = 0; // of that, when its card was placed
    this.pointer = 0;
    this.looking = 0;
    this.place = -1; // of the word that the key has explained, among those on the screen
    document.addEventListener("pointermove", (event) => this.moved(event), { passive: true });
    document.addEventListener("click", (event) => this.tapped(event));
    document.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("scroll", () => this.scrolled(), { passive: true, capture: true });
    new MutationObserver(() => this.changed()).observe(document.body, { subtree: true, childList: true, characterData: true });
  }

  /** @param {Glossary} glossary */
  learn({ words: entries, seen, address }) {
    this.finder = new Finder(entries);
    this.seen = seen;
    this.address = address;
    this.underline();
  }

  /** @param {PointerEvent} event */
  moved({ pointerType, clientX, clientY, target }) {
    if (pointerType === "touch") return;
    if (target instanceof Node && this.card.contains(target)) return clearTimeout(this.pointer);
    clearTimeout(this.pointer);
    this.pointer = setTimeout(() => this.look(clientX, clientY), REST);
  }

  /** @param {MouseEvent} event */
  tapped({ clientX, clientY, target }) {
    if (!(target instanceof Element) || this.card.contains(target) || target.closest(NOT_TAPPED)) return;
    this.look(clientX, clientY);
  }

  /** @param {KeyboardEvent} event */
  pressed({ key, target }) {
    if (key === "Escape") this.hide();
    if (key !== KEY || (target instanceof Element && target.closest("input, textarea, [contenteditable]"))) return;
    const all = this.onScreen();
    if (all.length === 0) return;
    this.place = (this.place + 1) % all.length;
    const found = all[this.place];
    if (found) this.show(found.range, found.entry);
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  look(left, top) {
    const formula = symbolAt(left, top);
    if (formula) return this.tell(formula, meanings(formula));
    const found = textAt(left, top);
    const word = found && !found.node.parentElement?.closest(NOT_THERE) ? this.finder.at(found.node.data, found.offset) : undefined;
    if (!found || !word) return this.hide();
    const range = rangeOf(found.node, word);
    const box = range.getBoundingClientRect();
    // What is beside the text has its end as the nearest place.
    if (left < box.left - 2 || left > box.right + 2 || top < box.top - 4 || top > box.bottom + 4) return this.hide();
    this.show(range, word.entry);
  }

  /**
   * @param {Range} range
   * @param {Entry} entry
   */
  show(range, { term, meaning, lesson, title }) {
    const parts = [element("b", term), element("span", meaning)];
    if (lesson) {
      const link = element("a", `${this.seen} ${title}`);
      link.setAttribute("href", `${this.address}?lesson=${lesson}`);
      link.setAttribute("target", "_self");
      parts.push(link);
    }
    mark("ae-word", [range]);
    this.tell(range, parts);
  }

  /**
   * @param {Range | Element} explained
   * @param {Node[]} parts
   */
  tell(explained, parts) {
    if (parts.length === 0) return this.hide();
    const box = explained.getBoundingClientRect();
    this.explained = explained;
    this.top = box.top;
    const page = getComputedStyle(document.querySelector(".stApp") ?? document.body);
    Object.assign(this.card.style, { color: page.color, background: page.backgroundColor, fontFamily: page.fontFamily });
    this.card.replaceChildren(...parts);
    this.card.hidden = false;
    const { width, height } = this.card.getBoundingClientRect();
    const below = box.bottom + 6 + height < innerHeight;
    this.card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    this.card.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - height - 4)}px`;
  }

  /** A card does not go with what it explains; but something else that scrolled is no reason to hide it. */
  scrolled() {
    if (this.explained && Math.abs(this.explained.getBoundingClientRect().top - this.top) > 2) this.hide();
  }

  hide() {
    if (this.card.hidden) return;
    this.card.hidden = true;
    mark("ae-word", []);
  }

  changed() {
    this.looking ||= setTimeout(() => {
      this.looking = 0;
      this.underline();
    }, LATER);
  }

  /** Underlines each word where it stands first in a text that teaches. */
  underline() {
    const ranges = [];
    for (const root of document.querySelectorAll(MARKED)) {
      const known = new Set();
      for (const { range, entry } of this.within(root)) {
        if (!known.has(entry)) ranges.push(range);
        known.add(entry);
      }
    }
    mark("ae-words", ranges);
  }

  /** The words on the screen, each once. */
  onScreen() {
    const known = new Set();
    return [...this.within(document.querySelector(".stMain") ?? document.body)].filter(({ range, entry }) => {
      const { top, bottom, width } = range.getBoundingClientRect();
      const seen = !known.has(entry) && width > 0 && bottom > 0 && top < innerHeight;
      if (seen) known.add(entry);
      return seen;
    });
  }

  /** @param {Element} root */
  *within(root) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (!(node instanceof Text) || !node.data.trim() || node.parentElement?.closest(`${NOT_THERE}, style, script`)) continue;
      for (const word of this.finder.all(node.data)) yield { range: rangeOf(node, word), entry: word.entry };
    }
  }
}

/**
 * @param {Text} node
 * @param {Found} word
 */
function rangeOf(node, { start, end }) {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, Math.min(end, node.data.length));
  return range;
}

/**
 * Draws something over text; nothing where the browser cannot.
 *
 * @param {string} name
 * @param {Range[]} ranges
 */
function mark(name, ranges) {
  if (globalThis.CSS?.highlights && globalThis.Highlight) CSS.highlights.set(name, new Highlight(...ranges));
}

/**
 * The text under a point, and the place in it.
 *
 * @param {number} left
 * @param {number} top
 */
function textAt(left, top) {
  const found = document.caretPositionFromPoint?.(left, top);
  const range = found ? undefined : document.caretRangeFromPoint?.(left, top);
  const node = found?.offsetNode ?? range?.startContainer;
  return node instanceof Text ? { node, offset: found?.offset ?? range?.startOffset ?? 0 } : undefined;
}

/**
 * The sign of a formula under a point, where a list of symbols stands beside the formula.
 *
 * @param {number} left
 * @param {number} top
 */
function symbolAt(left, top) {
  const under = document.elementFromPoint(left, top)?.closest(".katex-display .mord, .katex-display .mop");
  const sign = under?.closest(".accent") ?? under; // a hat lies over the letter that wears it
  return sign && sign.textContent && listBeside(sign).length > 0 ? sign : undefined;
}

/**
 * The lines that explain symbols, beside a formula.
 *
 * @param {Element} sign
 */
function listBeside(sign) {
  const block = sign.closest(".stVerticalBlock");
  return [...(block?.querySelectorAll("li") ?? [])].filter((line) => line.querySelector(".katex"));
}

/**
 * What a sign means: the lines in whose symbol it comes first, with a hat or another accent only where it has one.
 *
 * @param {Element} sign
 */
function meanings(sign) {
  const accented = Boolean(sign.closest(".accent"));
  const text = letters(sign)[0] ?? "";
  const lines = listBeside(sign).filter((line) => firsts(line).includes(text));
  const alike = lines.filter((line) => Boolean(line.querySelector(".accent")) === accented);
  return (alike.length > 0 ? alike : lines).map((line) => {
    const copy = document.createElement("span");
    for (const node of line.childNodes) copy.append(node.cloneNode(true));
    return copy;
  });
}

/**
 * The first sign of each symbol that a line explains; there may be several, with commas.
 *
 * @param {Element} line
 */
function firsts(line) {
  const all = letters(line.querySelector(".katex-html"));
  return all.filter((_sign, place) => place === 0 || all[place - 1] === ",");
}

/**
 * The signs of a formula without accents, as they are drawn from left to right.
 *
 * @param {Element | null} root
 */
function letters(root) {
  const leaves = root ? [root, ...root.querySelectorAll("*")].filter((one) => one.childElementCount === 0) : [];
  const drawn = leaves.filter((one) => !one.closest(".accent-body, .vlist-s, .mspace, .strut, .pstrut"));
  return drawn.map((one) => (one.textContent ?? "").trim().replace("\u200b", "")).filter(Boolean);
}

/**
 * @param {string} name
 * @param {string} text
 */
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
