// @ts-check
/**
 * How the examples are laid out: on a plane of the codes, or by t-SNE, which takes some seconds and can be given up.
 *
 * @import { PlanePart } from "./plane_part.js"
 */
import { Elements } from "./elements.js";
import { Laying } from "./laying.js";
import { Layout } from "./layout.js";

export const LAYOUT_CHOICE = `
  <div class="ae-tools ae-layout" hidden>
    <span class="ae-choice">
      <button type="button" name="layout" value="plane" aria-pressed="true" data-word="layout_plane"></button>
      <button type="button" name="layout" value="tsne" aria-pressed="false" data-word="layout_tsne"></button>
    </span>
    <span class="ae-layout-said" role="status"></span>
    <button type="button" name="cancel_layout" data-word="layout_cancel" hidden></button>
  </div>`;

export class LayoutChoice extends Elements {
  /**
   * The step whose codes are being laid out, if any are.
   *
   * @type {number | undefined}
   */
  step;

  /** @param {PlanePart} part */
  constructor(part) {
    const { wanted, base } = part.explorer;
    super(part.find(".ae-layout"), part.words);
    this.part = part;
    this.laying = new Laying(`${base}layout/${encodeURIComponent(wanted.run)}`, wanted.language);
    this.root.hidden = !wanted.layouts;
    this.choose("layout", (value) => (value === "tsne" ? void this.begin() : this.end()));
    this.press("cancel_layout", () => this.end());
  }

  /** Whether t-SNE's layout is seen, or comes. */
  get chosen() {
    return this.step !== undefined || this.part.plane.layout !== undefined;
  }

  /** Has the codes of the step that is looked at laid out. */
  async begin() {
    if (this.root.hidden) return;
    const { part, laying } = this;
    const { step } = part.model.network;
    const { count } = part.model.codes;
    this.step = step;
    this.mark();
    this.say(0);
    const laid = await laying.lay(step, (share, why) => this.say(share, why));
    if (!laid) return;
    this.step = undefined;
    if (laid.places?.length === 2 * count) part.lay(new Layout(laid.places, step));
    this.mark();
    if (laid.places?.length !== 2 * count) this.find(".ae-layout-said").textContent = laid.why || this.word("layout_lost");
  }

  /** Goes back to the plane, and gives up what is on its way. */
  end() {
    if (this.step !== undefined) this.laying.cancel(this.step);
    this.step = undefined;
    if (this.part.plane.layout) this.part.lay(undefined);
    this.part.explorer.remember();
    this.mark();
  }

  /** Shows what is chosen, and whether it is that of the step that is looked at. */
  mark() {
    for (const button of this.root.querySelectorAll("button[name=layout]")) {
      button.setAttribute("aria-pressed", String((button.getAttribute("value") === "tsne") === this.chosen));
    }
    this.find("button[name=cancel_layout]").hidden = this.step === undefined;
    if (this.step !== undefined) return;
    const { layout } = this.part.plane;
    const old = layout && layout.step !== this.part.model.network.step;
    this.find(".ae-layout-said").textContent = old ? this.word("layout_step", { step: layout.step }) : "";
  }

  /**
   * @param {number} share
   * @param {string} [why] Why it waits.
   */
  say(share, why) {
    this.find(".ae-layout-said").textContent = why || this.word("layout_share", { share: Math.round(100 * share) });
  }

  close() {
    if (this.step !== undefined) this.laying.cancel(this.step);
  }
}
