// @ts-check
/**
 * What the run says of a file that somebody brought: how many of its examples lie above the threshold, and the oddest.
 *
 * @import { Wanted } from "../types/odd"
 */
import { Elements } from "../explore/elements.js";
import { csv, download } from "../explore/save.js";
import { floats } from "./judge.js";
import { examples } from "./telling.js";

export class FreshFile extends Elements {
  /**
   * @param {HTMLElement} root
   * @param {Wanted} wanted
   */
  constructor(root, wanted) {
    super(root, wanted.words);
    this.wanted = wanted;
    this.press("fresh", () => this.save());
  }

  /** @param {Wanted} wanted The same run, with what is new. */
  take(wanted) {
    this.wanted = wanted;
    this.words = wanted.words;
  }

  /** Its reconstruction errors. */
  get errors() {
    return floats(this.wanted.fresh?.scores[0]?.test ?? "");
  }

  /**
   * Says what it comes to.
   *
   * @param {number | undefined} limit Threshold of the reconstruction error; undefined as long as nothing was looked for.
   */
  tell(limit) {
    const { fresh, fresh_name: name = "" } = this.wanted;
    this.find(".ae-odd-fresh").hidden = !fresh;
    if (!fresh) return;
    const { errors } = this;
    const above = limit === undefined ? 0 : errors.filter((one) => one > limit).length;
    const counts = { name, above: above.toLocaleString(), count: errors.length.toLocaleString() };
    this.find(".ae-odd-fresh-said").textContent = limit === undefined ? this.word("fresh_find") : this.word("fresh", counts);
    const place = this.find(".ae-odd-fresh-oddest");
    const key = `${name} ${errors.length}`;
    if (place.dataset.of === key) return;
    place.dataset.of = key;
    place.innerHTML = examples(fresh.oddest, [], this);
  }

  save() {
    const rows = Array.from(this.errors, (error, place) => [place, error]);
    download(new Blob([csv([["number", "error"], ...rows])], { type: "text/csv" }), `${this.wanted.run}-file-scores.csv`);
  }
}
