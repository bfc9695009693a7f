// @ts-check
/**
 * A text that one types, letter by letter what the network is given.
 *
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { SpelledLook } from "./spelled_look.js";
import { ValuePart } from "./value_part.js";

const CONTENT = `
  <div class="ae-tools">
    <input type="text" name="text" autocomplete="off" spellcheck="false" data-title="spell_help">
    <button type="button" name="take" data-word="take"></button>
  </div>
  <p class="ae-note" data-word="spell_help"></p>
  <div class="ae-spelled"></div>`;

export class SpellPart extends ValuePart {
  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "spell", CONTENT);
    const field = this.field("text");
    field.addEventListener("input", ({ timeStamp }) => {
      const { look } = this.model;
      const read = look instanceof SpelledLook ? look.read(field.value) : undefined;
      this.find(".ae-draw-problem").textContent = read ? "" : this.word("spell_unknown", { count: this.values.moments });
      if (read) this.change(read, timeStamp);
    });
  }

  /** @override @param {ArrayLike<number>} example @param {ArrayLike<number>} made */
  compare(example, made) {
    const [field, { look }] = [this.field("text"), this.model];
    if (look instanceof SpelledLook && field !== document.activeElement) field.value = look.spelled(example);
    look.portray(this.find(".ae-spelled"), made, example, (name) => this.word(name), "yours");
  }
}
