// @ts-check
/**
 * The line of moments: the steps of a training at which its network can be played with. The last one is followed while
 * the run trains.
 */
import { Elements } from "./elements.js";

const CONTENT = `
  <input type="range" name="moment" min="0" step="1" data-title="moment">
  <span class="ae-moment-when"></span>
  <button type="button" name="newest" aria-pressed="true"></button>`;

export class Moments extends Elements {
  /** @type {number[]} */
  steps = [];

  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} words
   * @param {(step: number, following: boolean) => void} wish Told what a person wants to see.
   */
  constructor(root, words, wish) {
    super(root, words);
    root.innerHTML = CONTENT;
    this.speak();
    this.slide("moment", (place) => wish(this.steps[place] ?? 0, place === this.steps.length - 1));
    this.press("newest", () => wish(this.steps.at(-1) ?? 0, true));
  }

  /**
   * Says which step is seen.
   *
   * @param {number[]} steps All of them, growing.
   * @param {number} step
   * @param {boolean} moving Whether more come.
   * @param {boolean} following Whether the newest is seen, whatever it is.
   */
  show(steps, step, moving, following) {
    this.steps = steps;
    this.root.hidden = steps.length < 2 && !moving;
    const slider = this.field("moment");
    const place = Math.max(steps.filter((one) => one <= step).length - 1, 0);
    slider.max = String(Math.max(steps.length - 1, 0));
    slider.disabled = steps.length < 2;
    slider.value = String(place);
    const number = step.toLocaleString(document.documentElement.lang || undefined);
    const when = this.word("moment_when", { step: number, number: place + 1, count: steps.length });
    slider.setAttribute("aria-valuetext", when);
    this.find(".ae-moment-when").textContent = when;
    const newest = this.find("button[name=newest]");
    newest.textContent = this.word(moving ? "moment_follow" : "moment_last");
    newest.setAttribute("aria-pressed", String(following));
  }
}
