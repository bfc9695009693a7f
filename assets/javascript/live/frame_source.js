// @ts-check
/**
 * Where frames come from that did not come by themselves: the app is asked for each, and now and then which it still has.
 *
 * @import { Content, Frame } from "../types/stage"
 */

const MISSING = 404; // what the app answers where there is no such frame; a proxy whose app is away answers otherwise
const LIST = 2000; // milliseconds between two questions which frames are kept

export class FrameSource {
  /** When it was last asked which frames are kept. */
  listed = -Infinity;

  /**
   * @param {string} base Address of the app.
   * @param {(steps: number[]) => void} list Told which frames are still kept, where one was not there any more.
   */
  constructor(base, list) {
    this.base = base;
    this.list = list;
  }

  /**
   * The frame of a step; undefined if it is not kept any more, or none are.
   *
   * @param {Content} content Of which film, in which language.
   * @param {number} step
   * @param {string} panel The one that is to be in it.
   * @returns {Promise<Frame | undefined>}
   */
  async fetch({ film, language, edition }, step, panel) {
    if (!film) return undefined;
    const wishes = new URLSearchParams({ words: language, panel, edition });
    const address = `${this.base}film/${encodeURIComponent(film)}`;
    const answer = await fetch(`${address}/${step}?${wishes}`);
    if (answer.status === MISSING) {
      await this.listAnew(address);
      return undefined;
    }
    if (!answer.ok) throw new Error(`The frame of step ${step} cannot be had: ${answer.status}.`);
    return answer.json();
  }

  /**
   * Learns which frames are still kept, now and then: those of a run that trains are thinned while it is watched.
   *
   * @param {string} film Address of the film.
   */
  async listAnew(film) {
    if (performance.now() - this.listed < LIST) return;
    this.listed = performance.now();
    const answer = await fetch(film);
    if (answer.ok) this.list(await answer.json());
  }
}
