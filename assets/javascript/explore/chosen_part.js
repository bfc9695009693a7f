// @ts-check
/**
 * The held-out examples that were chosen on the plane: they and their reconstructions, their mean, what lies next to them.
 *
 * @import { Row } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Model } from "./model.js"
 */
import { byKeys } from "./by_keys.js";
import { NEAR } from "./own_part.js";
import { MARK } from "./row_labels.js";
import { Section } from "./section.js";

const MOST = 24; // of them are shown
const PAIR = [".ae-chosen-images", ".ae-chosen-made"];
const AT_ONCE = 100; // pictures made at a time

const CONTENT = `
  <p class="ae-chosen-said" role="status"></p>
  <div class="ae-chosen-content" hidden>
    <h4 data-word="chosen_images"></h4>
    <div class="ae-chosen-pair">
      <div class="ae-chosen-row ae-chosen-images"></div>
      <div class="ae-chosen-row ae-chosen-made"></div>
    </div>
    <div class="ae-chosen-means">
      <div class="ae-chosen-two">
        <figure><canvas class="ae-chosen-mean"></canvas><figcaption data-word="mean_pixels"></figcaption></figure>
        <figure><canvas class="ae-chosen-mean-code"></canvas><figcaption data-word="mean_code"></figcaption></figure>
      </div>
      <div>
        <h4 data-word="near"></h4>
        <div class="ae-near ae-chosen-near"></div>
      </div>
      <div>
        <h4 data-word="near_pixels"></h4>
        <div class="ae-near ae-chosen-near-pixels"></div>
      </div>
    </div>
    <p class="ae-key"></p>
  </div>`;

export class ChosenPart extends Section {
  /** @type {number[]} */
  places = [];

  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "chosen", CONTENT);
    this.find(".ae-chosen-pair").addEventListener(MARK, (event) => {
      if (event instanceof CustomEvent) for (const row of PAIR) model.look.mark(this.find(row), event.detail);
    });
    for (const row of PAIR) {
      this.find(row).addEventListener("click", ({ target, timeStamp }) => {
        if (!(target instanceof Element)) return;
        const place = this.places[[...this.find(row).children].indexOf(target)];
        if (place !== undefined) explorer.look(place, timeStamp);
      });
      byKeys(this.find(row), this.word("chosen_images"));
    }
    this.choosePlaces([]);
  }

  /** @param {number[]} places */
  choosePlaces(places) {
    const { model, explorer } = this;
    const { codes } = model;
    this.places = places;
    this.find(".ae-chosen-content").hidden = !places.length;
    const told = { count: places.length, shown: Math.min(places.length, MOST) };
    const several = places.length > MOST ? "chosen_more" : "chosen_some";
    this.find(".ae-chosen-said").textContent = places.length ? this.word(several, told) : this.word("chosen_none");
    if (!places.length) return;
    const shown = places.slice(0, MOST);
    this.fill(".ae-chosen-images", shown.map((place) => model.examples[place] ?? []));
    this.fill(".ae-chosen-made", this.made(shown));
    const [mean, middle] = [model.mean(places), codes.middle(places)];
    const made = model.decoded(middle);
    this.paint(".ae-chosen-mean", mean);
    this.paint(".ae-chosen-mean-code", made);
    this.label(".ae-chosen-two", [
      { example: mean, name: this.word("mean_pixels") },
      { example: made, name: this.word("mean_code") },
    ]);
    // An example is always nearest to itself.
    const beside = places.length === 1 ? 1 : 0;
    this.figures(".ae-chosen-near", explorer.named(codes.nearest(middle, NEAR + beside).slice(beside)));
    this.figures(".ae-chosen-near-pixels", explorer.named(model.alike(mean, NEAR + beside).slice(beside)));
  }

  /** @override */
  again() {
    this.choosePlaces(this.places);
  }

  /**
   * Pictures of many codes, some at a time.
   *
   * @param {number[]} places Of examples.
   */
  made(places) {
    const { codes } = this.model;
    const pictures = [];
    for (let first = 0; first < places.length; first += AT_ONCE) {
      const some = places.slice(first, first + AT_ONCE);
      const all = new Float32Array(some.length * codes.size);
      some.forEach((place, at) => all.set(codes.at(place), at * codes.size));
      pictures.push(...this.model.allDecoded(all));
    }
    return pictures;
  }

  /** @override @returns {Row[]} */
  rows() {
    const { model } = this;
    const made = this.made(this.places);
    const { class_names } = this.explorer.wanted;
    const names = Array.from({ length: model.codes.size }, (_, at) => this.word("unit", { number: at + 1 }));
    const rows = this.places.map((place, at) => {
      const error = model.error(model.examples[place] ?? [], made[at] ?? []);
      return [place, class_names[model.labels[place] ?? 0] ?? "", error, ...model.codes.at(place)];
    });
    return [["example", "class", "squared_error", ...names], ...rows];
  }
}
