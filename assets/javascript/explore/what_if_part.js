// @ts-check
/**
 * A row whose columns one changes: a slider for each number, a choice for each category.
 *
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { ValuePart } from "./value_part.js";

const ROOM = 0.15; // of the range, beyond it at both ends
const STEPS = 200; // of a slider

const CONTENT = `
  <p class="ae-note" data-word="what_if_note"></p>
  <div class="ae-tools"><button type="button" name="take" data-word="take"></button></div>
  <p class="ae-note ae-what-if-some"></p>
  <div class="ae-units ae-values"></div>`;

/** @typedef {{ tell: (row: ArrayLike<number>, made: ArrayLike<number>) => void }} Control Shows what a column holds. */

export class WhatIfPart extends ValuePart {
  /** @type {Control[]} */
  controls = [];

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "what_if", CONTENT);
    const { told, count, titles } = this.values;
    const some = this.find(".ae-what-if-some");
    some.hidden = told.length === count;
    some.textContent = this.word("what_if_some", { count: told.length, all: count });
    /** @type {Set<string>} */
    const asked = new Set(); // variables with categories, which have a column for each of these
    const offered = told.filter((column) => {
      const { name = "", category = "" } = titles[column] ?? {};
      if (!category) return true;
      if (asked.has(name)) return false;
      asked.add(name);
      return true;
    });
    const rows = offered.map((column) => (titles[column]?.category ? this.choice(column) : this.slider(column)));
    this.controls = rows.map(({ control }) => control);
    this.find(".ae-values").replaceChildren(...rows.map(({ label }) => label));
  }

  /**
   * @param {string} text
   * @param {HTMLElement[]} content
   */
  labelled(text, content) {
    const [label, name] = [document.createElement("label"), document.createElement("span")];
    label.className = "ae-unit ae-value";
    name.textContent = name.title = text;
    label.append(name, ...content);
    return label;
  }

  /** @param {number} column Of numbers. */
  slider(column) {
    const { values } = this;
    const [low = 0, high = 1] = [values.low[column], values.high[column]];
    const room = ROOM * (high - low);
    const [slider, said] = [document.createElement("input"), document.createElement("output")];
    Object.assign(slider, { type: "range", min: low - room, max: high + room, step: (high - low + 2 * room) / STEPS });
    slider.dataset["column"] = String(column);
    slider.addEventListener("input", ({ timeStamp }) => {
      this.put((row) => (row[column] = values.seen(Number(slider.value), column)), timeStamp);
    });
    const control = {
      tell: (/** @type {ArrayLike<number>} */ row, /** @type {ArrayLike<number>} */ made) => {
        const [mine, its] = [row[column] ?? NaN, made[column] ?? NaN];
        if (slider !== document.activeElement) slider.value = String(values.raw(Number.isNaN(mine) ? its : mine, column));
        said.textContent = `${values.text(mine, column)} → ${values.text(its, column)}`;
      },
    };
    return { label: this.labelled(values.name(column), [slider, said]), control };
  }

  /** @param {number} column The first of a variable with categories. */
  choice(column) {
    const { values } = this;
    const variable = values.titles[column]?.name ?? "";
    const columns = [...values.titles.keys()].filter((one) => values.titles[one]?.name === variable);
    const [select, said] = [document.createElement("select"), document.createElement("output")];
    const text = (/** @type {number} */ one) => values.titles[one]?.category ?? "";
    select.append(...columns.map((one) => new Option(text(one), String(one))));
    select.addEventListener("change", ({ timeStamp }) => {
      this.put((row) => {
        for (const one of columns) row[one] = values.seen(one === Number(select.value) ? 1 : 0, one);
      }, timeStamp);
    });
    const most = (/** @type {ArrayLike<number>} */ row) =>
      columns.reduce((best, one) => (values.raw(row[one] ?? -1, one) > values.raw(row[best] ?? -1, best) ? one : best), column);
    const control = {
      tell: (/** @type {ArrayLike<number>} */ row, /** @type {ArrayLike<number>} */ made) => {
        select.value = String(most(row));
        said.textContent = `→ ${text(most(made))}`;
      },
    };
    return { label: this.labelled(variable, [select, said]), control };
  }

  /** @override @param {ArrayLike<number>} example @param {ArrayLike<number>} made */
  compare(example, made) {
    for (const { tell } of this.controls) tell(example, made);
  }
}
