// @ts-check
/**
 * A row or a series of one's own: the one that is looked at, of which a person changes values; and what the network makes
 * of it.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { OUTCOME, OwnPart } from "./own_part.js";
import { ValueModel } from "./value_model.js";

export class ValuePart extends OwnPart {
  /** The held-out example that was taken last. */
  taken = 0;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   * @param {string} name Its name in classes and in names of files.
   * @param {string} means HTML: by which values are changed.
   */
  constructor(place, explorer, model, name, means) {
    super(place, explorer, model, name, `${means}
      <p class="ae-draw-problem" role="status"></p>
      <div class="st-key-drawn"><div data-code="" data-milliseconds="">${OUTCOME}`);
    this.press("take", () => {
      this.taken = (this.taken + 1) % this.model.examples.length;
      explorer.look(this.taken, performance.now());
    });
    this.hold(model.examples[0] ?? []);
  }

  /** What it is about. */
  get values() {
    const { model } = this;
    if (!(model instanceof ValueModel)) throw new TypeError("There must be values that can be changed.");
    return model.values;
  }

  /**
   * Has another example changed from now on.
   *
   * @param {ArrayLike<number>} example As the network sees it.
   */
  hold(example) {
    this.example = Float32Array.from(example);
    this.leads = false;
  }

  /**
   * Changes some values of it.
   *
   * @param {(values: Float32Array) => void} action
   * @param {number} began
   */
  put(action, began) {
    const values = Float32Array.from(this.example ?? []);
    action(values);
    this.change(values, began);
  }

  /** @override @param {Looked} looked */
  show({ example, place, began }) {
    if (example === this.example && example) return;
    this.leads = false;
    const other = example ?? (place === undefined ? undefined : this.model.examples[place]);
    if (!other) return;
    this.hold(other);
    this.began = began;
    this.reconstruct(this.example ?? []);
  }

  /** @override @returns {Row[]} */
  rows() {
    const { example = [], model, values } = this;
    const made = model.decoded(model.code(example));
    const several = values.moments > 1;
    const rows = Array.from(example, (value, at) => [
      ...(several ? [Math.floor(at / values.count)] : []),
      values.name(at % values.count),
      values.titles[at % values.count]?.unit ?? "",
      Number.isNaN(value) ? "" : values.raw(value, at),
      values.raw(made[at] ?? 0, at),
    ]);
    return [[...(several ? ["moment"] : []), "column", "unit", "value", "reconstruction"], ...rows];
  }
}
