// @ts-check
/**
 * The table of runs: sorted by a click on a heading, filtered by words, chosen by a tick. What a person types and sorts
 * stays here.
 *
 * @import { Content, Sorting } from "../types/runs"
 */
import { body, frame, head } from "./html.js";
import { choose, clicked } from "./rows.js";

const TYPING = 400; // milliseconds after the last key until the app is asked

export class Table {
  /** What a person typed into the filter. */
  words = "";
  /** @type {Sorting | undefined} */
  sorting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  asking;

  /**
   * @param {Element} root
   * @param {string} message What the app sent: a `Content` as JSON.
   * @param {(chosen: string[]) => void} send Takes the ids of the ticked runs.
   * @param {(wanted: string) => void} ask Takes the words and the sorting that are wanted, as JSON.
   */
  constructor(root, message, send, ask) {
    this.root = root;
    this.message = message;
    this.send = send;
    this.ask = ask;
    /** @type {Content} */
    this.content = JSON.parse(message);
    root.addEventListener("click", ({ target }) => this.sortBy(target));
    root.addEventListener("keydown", (event) => this.press(event));
    root.addEventListener("change", ({ target }) => this.tick(target));
    root.addEventListener("input", ({ target }) => this.filter(target));
    root.innerHTML = frame(this.content.labels);
    this.draw();
  }

  /**
   * Takes what the app sends.
   *
   * @param {string} message
   */
  receive(message) {
    if (message === this.message) return;
    this.message = message;
    this.content = JSON.parse(message);
    this.draw();
  }

  draw() {
    this.part("small.ae-rest").textContent = this.content.labels.more;
    this.drawHead();
    this.drawBody();
  }

  drawHead() {
    this.part("thead").innerHTML = head(this.content.columns, this.sorting);
  }

  drawBody() {
    this.part("tbody").innerHTML = body(this.content, choose(this.content, this.words, this.sorting));
  }

  /** @param {string} selector */
  part(selector) {
    const found = this.root.querySelector(selector);
    if (!found) throw new Error(`The table of runs has no ${selector}.`);
    return found;
  }

  /** @param {EventTarget | null} target */
  sortBy(target) {
    if (!(target instanceof Element)) return;
    /** @type {HTMLElement | null} */
    const heading = target.closest("th[data-place]");
    const place = heading?.dataset.place;
    const column = this.content.columns[Number(place)];
    if (!column) return;
    this.sorting = clicked(this.sorting, column.name);
    this.drawHead();
    this.drawBody();
    this.askAfter(0);
    this.focus(`th[data-place="${place}"]`);
  }

  /** @param {Event} event */
  press(event) {
    if (!(event instanceof KeyboardEvent && event.target instanceof Element && event.target.matches("th"))) return;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.sortBy(event.target);
  }

  /** @param {EventTarget | null} target */
  filter(target) {
    if (!(target instanceof HTMLInputElement && target.type === "search")) return;
    this.words = target.value;
    this.drawBody();
    this.askAfter(TYPING);
  }

  /** @param {EventTarget | null} target */
  tick(target) {
    if (!(target instanceof HTMLInputElement)) return;
    const id = target.dataset.id;
    if (!id) return;
    const chosen = this.content.chosen.filter((one) => one !== id);
    if (target.checked) chosen.push(id);
    this.content.chosen = chosen;
    this.drawBody();
    this.focus(`[data-id="${id}"]`);
    this.send(chosen);
  }

  /** @param {string} selector */
  focus(selector) {
    const found = this.root.querySelector(selector);
    if (found instanceof HTMLElement) found.focus();
  }

  /**
   * Where not all runs are here, has the app look for those that are wanted.
   *
   * @param {number} milliseconds
   */
  askAfter(milliseconds) {
    clearTimeout(this.asking);
    if (!this.content.partial) return;
    const wanted = JSON.stringify([this.words, this.sorting?.column ?? "", this.sorting?.falling ?? false]);
    this.asking = setTimeout(() => this.ask(wanted), milliseconds);
  }
}
