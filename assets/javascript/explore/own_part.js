// @ts-check
/**
 * An example of one's own, in whichever way it is made, and what the network makes of it: the whole page looks at it while
 * one makes it.
 *
 * @import { Looked } from "../types/explore"
 */
import { Section } from "./section.js";

export const NEAR = 5; // held-out examples beside one

/** What follows the means by which it is made. */
export const OUTCOME = `
    <p class="ae-drawn-said"></p>
    <h4 data-word="near"></h4>
    <div class="ae-near ae-drawn-near"></div>
    <h4 data-word="near_pixels"></h4>
    <div class="ae-near ae-drawn-near-pixels"></div>
    <p class="ae-key"></p>
  </div></div>`;

export class OwnPart extends Section {
  /**
   * What the network is given, as it is shown.
   *
   * @type {ArrayLike<number> | undefined}
   */
  example;
  /** When the person did what led to it. */
  began = 0;
  /** @type {number | undefined} When the person did what is seen. */
  since;
  /** Whether the page looks at it, and not at something else that came later. */
  leads = false;

  /**
   * @param {ArrayLike<number>} example
   * @param {number} began
   */
  change(example, began) {
    this.example = example;
    this.began = began;
    this.leads = true;
    this.follow(example);
  }

  /** @override */
  again() {
    if (!this.example) return;
    if (this.leads) this.follow(this.example);
    else this.reconstruct(this.example);
  }

  /** @override @param {Looked} looked */
  show({ example }) {
    if (example !== this.example) this.leads = false;
  }

  /**
   * Has the whole page look at it.
   *
   * @param {ArrayLike<number>} example
   */
  follow(example) {
    const found = this.reconstruct(example);
    if (!found) return;
    const { code, since } = found;
    this.explorer.show({ code, example, began: since });
    if (since === this.since) return; // the point has not moved
    this.since = since;
    this.find(".st-key-drawn [data-code]").dataset["milliseconds"] = (performance.now() - since).toFixed(1);
  }

  /**
   * Shows what the network makes of it, as far as that is known.
   *
   * @param {ArrayLike<number>} example
   */
  reconstruct(example) {
    const { model, began } = this;
    model.network.began = began;
    const code = model.code(example);
    const { since } = model.network;
    this.given(example);
    if (since === undefined) return undefined; // a worker has still to say its first code
    const made = model.decoded(code);
    this.compare(example, made);
    this.find(".ae-drawn-said").textContent = this.word("error", { error: model.error(example, made).toFixed(4) });
    this.figures(".ae-drawn-near", this.explorer.named(model.codes.nearest(code, NEAR)));
    this.figures(".ae-drawn-near-pixels", this.explorer.named(model.alike(example, NEAR)));
    this.find(".st-key-drawn [data-code]").dataset["code"] = [...code].map((value) => value.toPrecision(6)).join(",");
    return { code, since };
  }

  /**
   * Shows what the network is given.
   *
   * @param {ArrayLike<number>} _example
   */
  given(_example) {}

  /**
   * Shows it beside its reconstruction.
   *
   * @param {ArrayLike<number>} _example
   * @param {ArrayLike<number>} _made
   */
  compare(_example, _made) {}
}
