// @ts-check
/**
 * Which step of the training is looked at: one that a person wishes for, or whatever is newest while the run goes on.
 *
 * @import { Exploration } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 * @import { Network } from "../network/network.js"
 * @import { Explorer } from "./explorer.js"
 */
import { fetchMoments } from "../network/fetch.js";
import { KeptModels } from "./kept_models.js";
import { Refusal } from "./learnt.js";
import { Moments } from "./moments.js";

const AGAIN = 3000; // milliseconds until a network that was not there is asked for again
const TRIES = 5; // to have the newest network, which a run that has just ended may still be writing
const NEWS = 3000; // milliseconds between two looks at a run that trains

export class StepChoice {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  clock;
  going = false;
  /** How often the newest network was not there yet. */
  tries = 0;

  /**
   * @param {HTMLElement} place Where the line of steps stands.
   * @param {Explorer} explorer
   * @param {(step: number) => Promise<Network | NoNetwork>} source Where networks come from.
   * @param {number | undefined} frame The step that the page's address names.
   */
  constructor(place, explorer, source, frame) {
    const { wanted, base } = explorer;
    this.explorer = explorer;
    this.kept = new KeptModels(wanted, base, source);
    this.moments = new Moments(place, wanted.words, (step, following) => this.wishFor(step, following));
    /** Whether whatever is newest is wanted. */
    this.following = frame === undefined || frame >= wanted.step;
    /** The step that is wanted. */
    this.wish = wanted.steps.filter((step) => step <= (frame ?? wanted.step)).at(-1) ?? wanted.steps[0] ?? wanted.step;
    this.mark(this.wish);
    this.watch();
  }

  /** The step for the page's address; none where whatever is newest is wanted. */
  get frame() {
    return this.following ? undefined : this.wish;
  }

  /**
   * What the network was at the step that is wanted.
   *
   * @param {(share: number) => void} [tell] Told how far it is.
   */
  bring(tell) {
    return this.kept.bring(this.wish, this.explorer.model, tell);
  }

  /**
   * Goes to another step of the training.
   *
   * @param {number} step
   * @param {boolean} following Whether to whatever is newest from now on.
   */
  wishFor(step, following) {
    this.following = following;
    this.wish = step;
    this.mark(step);
    void this.go();
    if (this.explorer.model) this.explorer.remember();
  }

  /** Goes where a person wishes to be: the newest wish counts. */
  async go() {
    const { explorer } = this;
    if (this.going || !explorer.model) return;
    this.going = true;
    try {
      for (let at = -1; at !== this.wish && !explorer.closed; ) {
        at = this.wish;
        const model = await this.bring();
        if (explorer.closed) return;
        if (model !== explorer.model) explorer.change(model);
        if (at === this.wish) this.mark(model.network.step);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) console.warn(error);
      explorer.say(error instanceof Refusal ? error.message : explorer.elements.word("lost"));
    } finally {
      this.going = false;
    }
    if (explorer.closed || !this.following || explorer.model.network.step >= this.wish || ++this.tries > TRIES) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.go(), AGAIN);
  }

  /** Looks now and then at a run that trains. */
  watch() {
    clearTimeout(this.clock);
    const { explorer } = this;
    if (!explorer.wanted.moving || explorer.closed) return;
    this.clock = setTimeout(async () => {
      const news = document.hidden ? undefined : await fetchMoments(explorer.base, explorer.wanted.run);
      if (news && !explorer.closed) explorer.take({ ...explorer.wanted, ...news });
      this.watch();
    }, NEWS);
  }

  /**
   * Hears of the same run, which may have gone on.
   *
   * @param {Exploration} wanted
   * @param {boolean} watched Whether it was looked at already.
   */
  take(wanted, watched) {
    this.kept.wanted = wanted;
    if (!watched) this.watch();
    if (this.following) this.wish = wanted.steps.at(-1) ?? wanted.step;
    this.mark(this.wish);
    void this.go();
  }

  /** @param {number} step The one that is seen. */
  mark(step) {
    const { steps, moving } = this.explorer.wanted;
    this.moments.show(steps, step, moving, this.following);
  }

  close() {
    clearTimeout(this.retry);
    clearTimeout(this.clock);
    this.kept.close();
  }
}
