// @ts-check
/**
 * What stands in the line of the status: where a run stands, and for a while what a button could not do, or that the
 * connection is lost.
 *
 * @import { Status, Word } from "../types/stage"
 * @import { Skeleton } from "./skeleton.js"
 */

const SAID = 15_000; // milliseconds that is said what a button could not do

export class Speech {
  /** @type {Status | undefined} */
  status;
  /** A sentence that stands beside it. */
  beside = "";
  /** @type {Record<Word, string> | undefined} */
  words;
  lost = false;
  /** @type {Status | null} */
  said = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  silence;
  /** What was last read aloud, by what makes it another thing. */
  heard = "";

  /** @param {Skeleton} skeleton */
  constructor(skeleton) {
    this.skeleton = skeleton;
  }

  /** @param {boolean} lost Whether the connection is lost. */
  lose(lost) {
    this.lost = lost;
    this.speak();
  }

  /** @param {Status | null} said What must be said instead for a while. */
  refuse(said) {
    clearTimeout(this.silence);
    this.said = said;
    if (said) {
      this.silence = setTimeout(() => {
        this.said = null;
        this.speak();
      }, SAID);
    }
  }

  speak() {
    const status = this.said ?? this.status;
    if (!status) return;
    const [tone, word, sentence] = status;
    if (this.lost) this.skeleton.say(["failed", word, this.words?.lost ?? ""], "");
    else this.skeleton.say([tone, word, sentence], this.said ? "" : this.beside);
    this.announce(status);
  }

  /**
   * Has a change of state read aloud, and nothing of what changes with each frame.
   *
   * @param {Status} status
   */
  announce([tone, word, sentence]) {
    const change = this.lost ? "lost" : this.said ? `${word} ${sentence}` : tone;
    if (change === this.heard) return;
    this.heard = change;
    this.skeleton.announce(this.lost ? (this.words?.lost ?? "") : `${word}. ${sentence}`);
  }

  close() {
    clearTimeout(this.silence);
  }
}
