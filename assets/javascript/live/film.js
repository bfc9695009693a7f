// @ts-check
/**
 * The frames of a run: those that came, and those that are fetched when somebody wants to see them.
 *
 * @import { Frame } from "../types/stage"
 */

const SIDE_BY_SIDE = 4; // frames fetched at a time
const MOST_KEPT = 400; // frames in memory

export class Film {
  /**
   * Steps of the frames there are, growing.
   *
   * @type {number[]}
   */
  steps = [];
  /** @type {Map<number, Frame>} */
  frames = new Map();
  /** @type {Map<number, Promise<Frame | undefined>>} */
  coming = new Map();
  /** What the frames say of the whole run, such as its length; a run that is given more epochs has another one. */
  edition = "";

  /**
   * @param {(step: number) => Promise<Frame | undefined>} fetchFrame Fetches a frame; undefined if there is none.
   */
  constructor(fetchFrame) {
    this.fetchFrame = fetchFrame;
  }

  /** The step of the newest frame, -1 if there is none. */
  get last() {
    return this.steps.at(-1) ?? -1;
  }

  /**
   * Learns which frames there are. Newer ones that came meanwhile stay.
   *
   * @param {number[]} steps
   * @param {string} [edition] See `edition`.
   */
  list(steps, edition = this.edition) {
    if (this.edition && edition !== this.edition) this.renew();
    this.edition = edition;
    const end = steps.at(-1) ?? -1;
    this.steps = [...steps, ...this.steps.filter((step) => step > end)];
  }

  /**
   * Learns of frames that did not come by themselves, before the newest that did.
   *
   * @param {number[]} steps
   */
  fill(steps) {
    const found = new Set([...this.steps, ...steps.filter((step) => step < this.last)]);
    this.steps = [...found].sort((one, other) => one - other);
  }

  /**
   * Takes a frame that came by itself. A run that goes on from an earlier state comes by the same steps again.
   *
   * @param {Frame} frame
   */
  add(frame) {
    if (frame.step < this.last && !this.steps.includes(frame.step)) this.forget(frame.step);
    if (frame.step > this.last) this.steps.push(frame.step);
    this.keep(frame);
  }

  /**
   * What lies behind a step is not so any more.
   *
   * @param {number} step
   */
  forget(step) {
    this.steps = this.steps.filter((one) => one <= step);
    for (const known of this.frames.keys()) if (known > step) this.frames.delete(known);
  }

  /** Frames fetched so far show something else from now on: fetches them anew. */
  renew() {
    this.frames.clear();
    this.coming = new Map();
  }

  /** @param {Frame} frame */
  keep(frame) {
    this.frames.delete(frame.step);
    this.frames.set(frame.step, frame);
    const [oldest] = this.frames.keys();
    if (this.frames.size > MOST_KEPT && oldest !== undefined) this.frames.delete(oldest);
  }

  /**
   * The frame of a step; undefined if it is not kept any more.
   *
   * @param {number} step
   * @returns {Promise<Frame | undefined>}
   */
  async get(step) {
    const known = this.frames.get(step);
    if (known) return known;
    const coming = this.coming.get(step) ?? this.bring(step);
    this.coming.set(step, coming);
    return coming;
  }

  /**
   * @param {number} step
   * @returns {Promise<Frame | undefined>}
   */
  async bring(step) {
    const { coming } = this;
    try {
      const frame = await this.fetchFrame(step);
      if (coming !== this.coming) return frame; // it shows what was wanted before
      if (frame) this.keep(frame);
      else this.steps = this.steps.filter((one) => one !== step);
      return frame;
    } finally {
      coming.delete(step);
    }
  }

  /**
   * The step of a frame that lies nearest to a wanted one.
   *
   * @param {number} step
   */
  nearest(step) {
    return this.steps.reduce((best, one) => (Math.abs(one - step) < Math.abs(best - step) ? one : best), this.last);
  }

  /**
   * Fetches frames before they are wanted: those that follow a place, then those before it.
   *
   * @param {number} place Index of a frame.
   * @param {number} [most] How many, all by default.
   */
  async prefetch(place, most = this.steps.length) {
    const wanted = [...this.steps.slice(place), ...this.steps.slice(0, place).reverse()].slice(0, most);
    const queue = wanted.filter((step) => !this.frames.has(step));
    const fetchSome = async () => {
      for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
        // Where the network is lost nothing is fetched ahead; a frame that is wanted is asked for again.
        await this.get(step).catch(() => queue.splice(0));
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, fetchSome));
  }
}
