// @ts-check
/**
 * How a hall has answered, as bars: asked for every second while they are on the page.
 *
 * @import { CleanUp, Component } from "../types/streamlit"
 */

const EVERY = 1000; // milliseconds between two questions

/**
 * @typedef {object} Content
 * @property {string} address Where the counts are asked for, relative to the app.
 * @property {string[]} answers
 * @property {number | null} came The answer that it came out to be.
 * @property {boolean} shown Whether it is seen what was answered, and not only how often.
 * @property {{ total: string, none: string }} words
 */

/** @type {WeakMap<Element, Answers>} */
const shown = new WeakMap();

/**
 * @param {Component} component
 * @param {string} base Address of the app.
 * @returns {CleanUp}
 */
export default function mount({ data, parentElement }, base) {
  const root = parentElement.querySelector(".ae-hall");
  if (!(root instanceof HTMLElement) || !data) throw new Error("There is no element for the answers, or no content.");
  let answers = shown.get(root);
  if (!answers) {
    answers = new Answers(root, base);
    shown.set(root, answers);
  }
  answers.take(JSON.parse(new TextDecoder().decode(data)));
  const current = answers;
  return () => void setTimeout(() => root.isConnected || current.close());
}

export class Answers {
  /** @type {Content | undefined} */
  content;
  /** @type {number[]} */
  counts = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  timer;

  /**
   * @param {HTMLElement} root
   * @param {string} base Address of the app.
   */
  constructor(root, base) {
    this.root = root;
    this.base = base;
  }

  /** @param {Content} content */
  take(content) {
    const before = this.content;
    this.content = content;
    this.show(before?.address === content.address ? this.counts : content.answers.map(() => 0));
    this.timer ??= setInterval(() => void this.ask(), EVERY);
    void this.ask();
  }

  async ask() {
    const { content } = this;
    if (!content || document.hidden) return;
    try {
      const answer = await fetch(`${this.base}${content.address}`);
      if (!answer.ok) return;
      /** @type {{ counts: number[] }} */
      const { counts } = await answer.json();
      if (content === this.content) this.show(counts);
    } catch (error) {
      console.warn(error); // the next question may find the app again
    }
  }

  /** @param {number[]} counts */
  show(counts) {
    const { content, root } = this;
    if (!content) return;
    this.counts = counts;
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (root.childElementCount !== counts.length + 1) root.replaceChildren(...counts.map(bar), document.createElement("small"));
    counts.forEach((count, place) => {
      const row = /** @type {HTMLElement} */ (root.children[place]);
      const [text, number] = row.children;
      if (!text || !number) return;
      set(text, content.answers[place] ?? "");
      row.style.setProperty("--share", String(total && content.shown ? count / total : 0));
      set(number, content.shown ? String(count) : "");
    });
    const last = root.lastElementChild;
    if (last) set(last, total ? content.words.total.replace("{count}", String(total)) : content.words.none);
    this.mark();
  }

  mark() {
    for (const [place, row] of [...this.root.children].entries()) {
      row.classList.toggle("ae-came", place === this.content?.came);
    }
  }

  close() {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function bar() {
  const row = document.createElement("div");
  row.append(document.createElement("span"), document.createElement("b"));
  return row;
}

/**
 * @param {Element} element
 * @param {string} text
 */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
