// @ts-check
/**
 * What stands in the line of the status: where a run stands, and for a while what a button could not do, or that the
 * connection is lost.
 *
 * @import { Status, Word } from "../types/stage"
 * @import { Skeleton } from "./skeleton.js"
 */

const CALM = 800; // milliseconds that a state lasts before it is read aloud: one that an older message names does not
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
  /** What is to be read aloud if it lasts. */
  next = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  calm;

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
    if (change === this.next) return;
    this.next = change;
    clearTimeout(this.calm);
    if (change === this.heard) return;
    const text = this.lost ? (this.words?.lost ?? "") : `${word}. ${sentence}`;
    this.calm = setTimeout(() => {
      this.heard = change;
      this.skeleton.announce(text);
    }, CALM);
  }

  close() {
    clearTimeout(this.silence);
    clearTimeout(this.calm);
  }
}
