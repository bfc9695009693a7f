// @ts-check
/**
 * What the run says of a file that somebody brought: how many of its examples lie above the threshold, and the oddest.
 *
 * @import { Wanted } from "../types/odd"
 */
import { Elements } from "../explore/elements.js";
import { csv, download } from "../explore/save.js";
import { floats, wholes } from "./judge.js";
import { called, examples } from "./telling.js";

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
    const key = `${name} ${errors.length} ${errors[0]} ${this.word("file_row")}`;
    if (place.dataset.of === key) return;
    place.dataset.of = key;
    const { rows, ids } = this;
    const named = (/** @type {number} */ at) => {
      const [id] = ids.map(([column, texts]) => (column === "file" ? texts[at] : `${column} ${texts[at] ?? ""}`));
      return called(at, rows, id, "file_example", this);
    };
    place.innerHTML = examples(fresh.oddest, named, this);
    const notes = [...(this.wanted.fresh_notes ?? []), this.word(rows.length ? "rows_counted" : "examples_counted")];
    this.find(".ae-odd-fresh-notes").textContent = notes.join(" ");
  }

  /** Rows in the file; none where it is no table. */
  get rows() {
    return wholes(this.wanted.fresh?.rows ?? "");
  }

  /** What tells its examples from one another, by column. */
  get ids() {
    return Object.entries(this.wanted.fresh?.identities ?? {});
  }

  /** The scores as rows of a table, in the order of the file. */
  table() {
    const { rows, ids } = this;
    const head = [rows.length ? "row" : "number", ...ids.map(([column]) => column), "error"];
    const lines = Array.from(this.errors, (error, at) => [rows[at] ?? at, ...ids.map(([, texts]) => texts[at] ?? ""), error]);
    return [head, ...lines];
  }

  save() {
    download(new Blob([csv(this.table())], { type: "text/csv" }), `${this.wanted.run}-file-scores.csv`);
  }
}
