// @ts-check
/**
 * The timeline below the views: a slider over all frames, with what happened on the way, and a clock that lets them
 * pass.
 *
 * @import { Mark, Word } from "../types/stage"
 */

const SPEEDS = [0.5, 1, 2, 4];
const WHOLE = 12_000; // milliseconds that a film of few frames takes
const SHORTEST = 125; // milliseconds that a frame is seen at least, at the usual speed
const LONGEST = 1000; // at most
const END = 3000; // milliseconds that the last frame of a film stays that begins anew

/**
 * What a timeline asks for.
 *
 * @typedef {object} Wishes
 * @property {(place: number, milliseconds: number) => Promise<unknown>} show To see the frame of an index, to which
 *   points glide for so long.
 * @property {() => void} head To see what is newest, from now on.
 * @property {(place: number) => void} touch To have frames at hand.
 */

export class Timeline {
  /** Whether frames pass. */
  playing = false;
  /** Whether the film begins anew at its end. */
  round = false;
  count = 0;
  /** Index of the frame that is shown. */
  place = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  clock;
  /** @type {Record<Word, string> | undefined} */
  words;

  /**
   * @param {HTMLElement} root Where it stands.
   * @param {Wishes} wishes
   */
  constructor(root, wishes) {
    this.wishes = wishes;
    root.innerHTML = PARTS;
    const part = (/** @type {string} */ selector) => {
      const found = root.querySelector(selector);
      if (!found) throw new Error(`The timeline has no ${selector}.`);
      return found;
    };
    this.root = root;
    this.button = /** @type {HTMLButtonElement} */ (part("button.ae-play"));
    this.speed = /** @type {HTMLSelectElement} */ (part("select"));
    this.slider = /** @type {HTMLInputElement} */ (part("input"));
    this.marks = part(".ae-marks");
    this.when = /** @type {HTMLElement} */ (part(".ae-when"));
    this.head = /** @type {HTMLButtonElement} */ (part("button.ae-head"));
    for (const speed of SPEEDS) this.speed.add(new Option(`${speed}×`, String(speed), speed === 1, speed === 1));
    this.button.addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    this.head.addEventListener("click", () => this.toHead());
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    for (const kind of ["pointerenter", "focusin", "touchstart"]) {
      root.addEventListener(kind, () => wishes.touch(this.place), { passive: true });
    }
  }

  /** Milliseconds that a frame is seen. */
  get interval() {
    const usual = Math.min(Math.max(WHOLE / Math.max(this.count, 1), SHORTEST), LONGEST);
    return usual / Number(this.speed.value);
  }

  /**
   * Writes everything in the reader's language.
   *
   * @param {Record<Word, string>} words
   * @param {boolean} moving Whether more frames come.
   */
  name(words, moving) {
    this.words = words;
    this.slider.setAttribute("aria-label", words.timeline);
    this.speed.setAttribute("aria-label", words.speed);
    this.speed.title = words.speed;
    this.head.textContent = moving ? words.live : words.newest;
    this.button.setAttribute("aria-label", this.playing ? words.pause : words.play);
    this.button.title = this.playing ? words.pause : words.play;
  }

  /**
   * Says which frame is shown.
   *
   * @param {number[]} steps Of all frames.
   * @param {number} step Of the one that is shown.
   * @param {boolean} live Whether what is newest is shown, whatever that is.
   * @param {string} remark What else is to be said.
   */
  tell(steps, step, live, remark) {
    this.count = steps.length;
    this.place = Math.max(steps.indexOf(step), 0);
    this.root.toggleAttribute("data-empty", steps.length < 2);
    this.slider.max = String(Math.max(steps.length - 1, 0));
    this.slider.value = String(this.place);
    this.slider.disabled = this.button.disabled = steps.length < 2;
    this.head.setAttribute("aria-pressed", String(live));
    if (!this.words || step < 0) return;
    const number = step.toLocaleString(document.documentElement.lang || undefined);
    const where = this.words.step.replace("{step}", number);
    const frame = this.words.of.replace("{number}", String(this.place + 1)).replace("{count}", String(steps.length));
    this.slider.setAttribute("aria-valuetext", `${where}, ${frame}`);
    this.when.textContent = remark || `${where} · ${frame}`;
    this.when.title = this.when.textContent;
  }

  /**
   * Marks on the slider what happened on the way.
   *
   * @param {number[]} steps Of all frames.
   * @param {Mark[]} marks
   */
  mark(steps, marks) {
    const last = Math.max(steps.length - 1, 1);
    const found = marks.map(({ step, text }) => {
      const sign = document.createElement("i");
      const after = steps.findIndex((one) => one >= step);
      sign.style.left = `${(100 * (after < 0 ? last : after)) / last}%`;
      sign.title = text;
      return sign;
    });
    this.marks.replaceChildren(...found);
  }

  /** @param {number} place Index of a frame. */
  go(place) {
    this.stop();
    const wanted = Math.min(Math.max(place, 0), Math.max(this.count - 1, 0));
    this.wishes.show(wanted, 0);
  }

  toHead() {
    this.stop();
    this.wishes.head();
  }

  play() {
    if (this.playing || this.count < 2) return;
    this.turn(true);
    if (this.place >= this.count - 1) this.wishes.show(0, 0);
    this.wishes.touch(this.place);
    this.next();
  }

  stop() {
    clearTimeout(this.clock);
    if (this.playing) this.turn(false);
  }

  /** @param {boolean} playing */
  turn(playing) {
    this.playing = playing;
    this.button.classList.toggle("ae-playing", playing);
    this.button.setAttribute("aria-pressed", String(playing));
    if (this.words) this.name(this.words, this.head.textContent === this.words.live);
  }

  next() {
    const last = this.place >= this.count - 1;
    const wait = last && this.round ? END : this.interval;
    this.clock = setTimeout(async () => {
      if (!this.playing) return;
      if (last && !this.round) {
        this.toHead();
        return;
      }
      const begun = performance.now();
      await this.wishes.show(last ? 0 : this.place + 1, last ? 0 : this.interval);
      if (!this.playing) return;
      this.late = performance.now() - begun;
      this.next();
    }, Math.max(wait - (this.late ?? 0), 20));
  }

  /**
   * Space lets frames pass or stops them, arrows go to the next; not while something else on the page has the focus.
   *
   * @param {KeyboardEvent} event
   */
  key(event) {
    const { activeElement, body } = document;
    const free = activeElement === body || activeElement === null;
    if (event.ctrlKey || event.metaKey || event.altKey || !(free || this.root.contains(activeElement))) return;
    if (event.key === " " && (free || activeElement === this.slider)) this.playing ? this.stop() : this.play();
    else if (event.key === "ArrowLeft" && free) this.go(this.place - 1);
    else if (event.key === "ArrowRight" && free) this.go(this.place + 1);
    else return;
    event.preventDefault();
  }

  /** How long the last frame took to be there and drawn, in milliseconds.
   * @type {number | undefined}
   */
  late;

  close() {
    clearTimeout(this.clock);
    this.playing = false;
  }
}

const PARTS = `
  <span class="st-key-play"><button type="button" class="ae-play" aria-pressed="false"></button></span>
  <select class="ae-speed"></select>
  <span class="ae-track"><span class="ae-marks"></span><input type="range" min="0" max="0" value="0" step="1"></span>
  <span class="ae-when" aria-hidden="true"></span>
  <button type="button" class="ae-head" aria-pressed="true"></button>
`;
