// @ts-check
/**
 * The way between two codes, beside the cross-fade of what they are decoded to; and its film.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { MARK } from "./row_labels.js";
import { download } from "./save.js";
import { Section } from "./section.js";
import { WalkFilm } from "./walk_film.js";
import { alongArc, between } from "./ways.js";

const STEPS = 9; // examples on the way
const STRIPS = [".ae-strip-0", ".ae-strip-1"];
const FRAMES = 32; // of its film

const CONTENT = `
  <div class="ae-tools">
    <button type="button" name="from" data-word="from"></button>
    <button type="button" name="to" data-word="to"></button>
    <label><input type="checkbox" name="arc"> <span data-word="arc"></span></label>
    <span class="ae-choice ae-film"><button type="button" name="film" value="webp" data-word="film_webp"></button><button type="button" name="film" value="gif" data-word="film_gif"></button></span>
  </div>
  <p class="ae-film-said" role="status" hidden></p>
  <input type="range" name="share" min="0" max="100" value="0" data-title="share">
  <div class="ae-strips">
    <div class="ae-strip"><span data-word="codes_way"></span><div class="ae-strip-0"></div></div>
    <div class="ae-strip"><span data-word="pixels_way"></span><div class="ae-strip-1"></div></div>
  </div>
  <p class="ae-key"></p>`;

export class BetweenPart extends Section {
  /**
   * Both ends of the way.
   *
   * @type {[Float32Array, Float32Array]}
   */
  ends;
  /**
   * The held-out examples that they are the codes of; nothing where a code was chosen itself.
   *
   * @type {(number | undefined)[]}
   */
  examples;
  /** Whether a person has chosen them. */
  chosen = false;

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "between", CONTENT);
    this.root.classList.add("st-key-between");
    this.examples = [0, unlike(model.labels)];
    this.ends = [model.codes.at(0).slice(), model.codes.at(unlike(model.labels)).slice()];
    this.press("from", () => this.set(0));
    this.press("to", () => this.set(1));
    this.slide("share", (value, began) => {
      this.mark(Math.round((value / 100) * (STEPS - 1)));
      explorer.show({ code: this.at(value / 100), began });
    });
    this.find(".ae-strips").addEventListener(MARK, (event) => {
      if (event instanceof CustomEvent) this.mark(event.detail);
    });
    for (const strip of STRIPS) {
      this.find(strip).addEventListener("click", ({ target, timeStamp }) => {
        const at = [...this.find(strip).children].findIndex((one) => one === target);
        if (at < 0) return;
        this.field("share").value = String((100 * at) / (STEPS - 1));
        explorer.show({ code: this.at(at / (STEPS - 1)), began: timeStamp });
      });
    }
    this.field("arc").checked = model.prior; // a prior's mass lies at one distance from the centre
    this.field("arc").addEventListener("change", () => this.draw());
    this.film = new WalkFilm(explorer);
    this.find(".ae-film").hidden = !WalkFilm.offered;
    for (const button of this.root.querySelectorAll("button[name=film]")) {
      button.addEventListener("click", () => void this.takeFilm(button.getAttribute("value") ?? ""));
    }
  }

  /**
   * Takes the way away as a film.
   *
   * @param {string} kind `webp` or `gif`.
   */
  async takeFilm(kind) {
    if (this.film.busy) return;
    const said = this.find(".ae-film-said");
    const say = (/** @type {string} */ sentence) => {
      said.hidden = !sentence;
      said.textContent = sentence;
    };
    const codes = Array.from({ length: FRAMES }, (_, at) => this.at(at / (FRAMES - 1)));
    const made = await this.film.make(codes, kind, (share) => say(this.word("film_share", { share: Math.round(100 * share) })));
    say(made ? "" : this.word("film_lost"));
    if (made) download(made, `explore-${this.explorer.wanted.run}-way.${kind}`);
  }

  /**
   * Marks the same place of both ways.
   *
   * @param {number} at
   */
  mark(at) {
    for (const strip of STRIPS) this.model.look.mark(this.find(strip), at);
  }

  /**
   * Takes both ends from elsewhere.
   *
   * @param {Float32Array} from
   * @param {Float32Array} to
   */
  take(from, to) {
    [this.ends, this.examples, this.chosen] = [[from, to], [], true];
  }

  /** @param {0 | 1} end */
  set(end) {
    this.ends[end] = this.explorer.looked.code.slice();
    this.examples[end] = this.explorer.looked.place;
    this.chosen = true;
    this.draw();
    this.explorer.remember();
  }

  /** @override @param {Model} model */
  renew(model) {
    this.examples.forEach((place, end) => place !== undefined && (this.ends[end] = model.codes.at(place).slice()));
    super.renew(model);
  }

  /** @param {number} share */
  at(share) {
    const [from, to] = this.ends;
    return this.field("arc").checked ? alongArc(from, to, share) : between(from, to, share);
  }

  get codes() {
    return Array.from({ length: STEPS }, (_, at) => this.at(at / (STEPS - 1)));
  }

  /** @override */
  draw() {
    const { model, codes } = this;
    this.explorer.markWay(codes);
    const all = new Float32Array(STEPS * model.codes.size);
    codes.forEach((code, at) => all.set(code, at * model.codes.size));
    const decoded = model.allDecoded(all);
    const [first, last] = [decoded[0], decoded.at(-1)];
    if (!first || !last) return;
    const faded = codes.map((_, at) => first.map((value, place) => value + (at / (STEPS - 1)) * ((last[place] ?? 0) - value)));
    this.fill(".ae-strip-0", decoded);
    this.fill(".ae-strip-1", faded);
  }

  /** @override */
  again() {
    this.draw();
  }

  /** @override @returns {Row[]} */
  rows() {
    const names = Array.from({ length: this.model.codes.size }, (_, at) => this.word("unit", { number: at + 1 }));
    return [["share", ...names], ...this.codes.map((code, at) => [at / (STEPS - 1), ...code])];
  }
}

/**
 * An example of another class than the first, or simply another one.
 *
 * @param {Uint8Array} labels
 */
function unlike(labels) {
  const found = labels.findIndex((label) => label !== labels[0]);
  return found < 0 ? labels.length - 1 : found;
}
