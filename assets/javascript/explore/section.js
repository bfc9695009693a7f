// @ts-check
/**
 * A part of the page: a heading, what takes it away, and its content.
 *
 * @import { Looked, Row, Shown } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { Elements } from "./elements.js";

export class Section extends Elements {
  /**
   * @param {HTMLElement} place Where it stands.
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {string} name Its name in classes and in names of files.
   * @param {string} content HTML.
   */
  constructor(place, explorer, model, name, content) {
    const root = place.appendChild(document.createElement("section"));
    root.className = `ae-part ae-${name}-part`;
    root.innerHTML = `<header><h3 data-word="${name}"></h3><span class="ae-part-save">${SAVE}</span></header>${content}`;
    super(root, explorer.wanted.words);
    this.explorer = explorer;
    this.name = name;
    this.model = model.askedBy(() => this.again());
    this.speak();
    for (const key of root.querySelectorAll(".ae-key")) {
      if (key instanceof HTMLElement) model.look.explain(key, (name) => this.word(name));
    }
  }

  /**
   * Goes on with the network of another step of the training; what a person chose stays.
   *
   * @param {Model} model
   */
  renew(model) {
    this.model = model.askedBy(() => this.again());
    this.again();
  }

  /**
   * Draws an example small.
   *
   * @param {string} selector Of a canvas.
   * @param {ArrayLike<number>} example
   */
  paint(selector, example) {
    this.model.look.paint(this.canvas(selector), example);
  }

  /**
   * Fills a row with examples.
   *
   * @param {string} selector
   * @param {ArrayLike<number>[]} examples
   */
  fill(selector, examples) {
    const row = this.find(selector);
    while (row.childElementCount > examples.length) row.lastElementChild?.remove();
    while (row.childElementCount < examples.length) row.append(document.createElement("canvas"));
    examples.forEach((example, at) => {
      const canvas = row.children[at];
      if (canvas instanceof HTMLCanvasElement) this.model.look.paint(canvas, example);
    });
    this.label(selector, examples.map((example) => ({ example })));
  }

  /**
   * Fills figures, each an example and what it is called.
   *
   * @param {string} selector Where the figures stand.
   * @param {Shown[]} shown
   */
  figures(selector, shown) {
    const row = this.find(selector);
    while (row.childElementCount > shown.length) row.lastElementChild?.remove();
    while (row.childElementCount < shown.length) {
      const figure = row.appendChild(document.createElement("figure"));
      figure.append(document.createElement("canvas"), document.createElement("figcaption"));
    }
    shown.forEach(({ example, name, colour }, at) => {
      const figure = row.children[at];
      const [canvas, caption] = figure?.children ?? [];
      if (figure instanceof HTMLElement) figure.style.setProperty("--ae-class", colour ?? "transparent");
      if (canvas instanceof HTMLCanvasElement) this.model.look.paint(canvas, example);
      if (caption) caption.textContent = name ?? "";
    });
    this.label(selector, shown);
  }

  /**
   * Says what small ones hold, where one cannot see that.
   *
   * @param {string} selector Where they stand.
   * @param {Shown[]} shown
   */
  label(selector, shown) {
    this.model.look.label(this.find(selector), shown, (name) => this.word(name));
  }

  /** @param {Looked} _looked */
  show(_looked) {}

  draw() {}

  /** Shows the same with what the network has answered since; called where somebody else computes it. */
  again() {}

  /** @returns {Row[]} */
  rows() {
    return [];
  }

  close() {}
}

const SAVE = ["png", "svg", "csv"]
  .map((format) => `<button type="button" name="save" value="${format}" data-title="save_${format}">${format.toUpperCase()}</button>`)
  .join("");
