// @ts-check
/**
 * Has the server look for odd examples. It works as long as this page goes on asking how far it is.
 *
 * @import { Anomalies } from "../types/odd"
 */

const PAUSE = 400; // milliseconds between two questions
const BUSY = 429; // what the app answers while others have theirs looked at

/** @typedef {{ share: number, found?: Anomalies, why: string, again: boolean }} Told */

export class Looking {
  /** By which the app knows this page. */
  name = Math.random().toString(36).slice(2);
  /** Which wish is the last one. */
  wish = 0;
  /** What the app may still be at; empty for nothing. */
  address = "";

  /**
   * @param {string} place Address of the run's step.
   * @param {string} words Language of the app's sentences.
   * @param {(address: string, how: RequestInit) => Promise<Response>} [ask]
   * @param {number} [pause]
   */
  constructor(place, words, ask = (where, how) => fetch(where, how), pause = PAUSE) {
    this.place = place;
    this.words = words;
    this.ask = ask;
    this.pause = pause;
  }

  /**
   * What is found, or why nothing is; undefined where it was given up meanwhile.
   *
   * @param {string} normal Classes that are called normal.
   * @param {(told: Told) => void} tell Told how far it is, and why it waits.
   * @returns {Promise<Told | undefined>}
   */
  async look(normal, tell) {
    const wish = ++this.wish;
    this.address = `${this.place}/${this.name}?${new URLSearchParams({ words: this.words, normal })}`;
    for (;;) {
      const told = await this.told();
      if (wish !== this.wish) return undefined;
      if (told.found || !told.again) {
        this.address = "";
        return told;
      }
      tell(told);
      await new Promise((resolve) => setTimeout(resolve, this.pause));
      if (wish !== this.wish) return undefined;
    }
  }

  /** @returns {Promise<Told>} */
  async told() {
    try {
      const answer = await this.ask(this.address, { method: "POST" });
      const { share = 0, found, why = "" } = await answer.json();
      return { share, found, why, again: answer.ok || answer.status === BUSY };
    } catch {
      return { share: 0, why: "", again: false }; // nobody answers, or not as this page understands
    }
  }

  /** Gives it up. */
  cancel() {
    this.wish += 1;
    if (this.address) this.ask(this.address, { method: "DELETE", keepalive: true }).catch(() => {}); // it ends unasked too
    this.address = "";
  }
}
