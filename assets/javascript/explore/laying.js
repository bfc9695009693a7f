// @ts-check
/**
 * Has the server lay codes out by t-SNE. It computes as long as this page goes on asking how far it is.
 *
 * @import { LaidOut } from "../types/explore"
 */

const PAUSE = 400; // milliseconds between two questions
const BUSY = 429; // what the app answers while others have theirs laid out

export class Laying {
  /** By which the app knows this page. */
  name = Math.random().toString(36).slice(2);
  /** Which wish is the last one. */
  wish = 0;
  /** Whether the app may still be at it. */
  going = false;

  /**
   * @param {string} address Of layouts of the run.
   * @param {string} words Language of its sentences.
   * @param {(address: string, how: RequestInit) => Promise<Response>} [ask]
   * @param {number} [pause]
   */
  constructor(address, words, ask = (where, how) => fetch(where, how), pause = PAUSE) {
    this.address = address;
    this.words = words;
    this.ask = ask;
    this.pause = pause;
  }

  /** @param {number} step */
  where(step) {
    return `${this.address}/${step}/${this.name}?words=${encodeURIComponent(this.words)}`;
  }

  /**
   * The layout of a step, or why there is none; undefined where it was given up meanwhile.
   *
   * @param {number} step
   * @param {(share: number, why: string) => void} tell Told how much is done, and why it waits.
   * @returns {Promise<LaidOut | undefined>}
   */
  async lay(step, tell) {
    const wish = ++this.wish;
    this.going = true;
    for (;;) {
      const answer = await this.told(step);
      if (wish !== this.wish) return undefined;
      if (answer.places || !answer.again) {
        this.going = false;
        return answer;
      }
      tell(answer.share, answer.why);
      await new Promise((resolve) => setTimeout(resolve, this.pause));
      if (wish !== this.wish) return undefined;
    }
  }

  /** @param {number} step */
  async told(step) {
    try {
      const answer = await this.ask(this.where(step), { method: "POST" });
      const { share = 0, places, why = "" } = await answer.json();
      const laid = places && Float32Array.from(places);
      return { share, places: laid, why, again: answer.ok || answer.status === BUSY };
    } catch {
      return { share: 0, places: undefined, why: "", again: false }; // nobody answers, or not as this page understands
    }
  }

  /**
   * Gives it up.
   *
   * @param {number} step
   */
  cancel(step) {
    this.wish += 1;
    if (this.going) this.ask(this.where(step), { method: "DELETE", keepalive: true }).catch(() => {}); // it ends unasked too
    this.going = false;
  }
}
