// @ts-check
/**
 * What was found, as numbers: each example's scores by detector, which examples are odd, and the curves over all
 * thresholds.
 *
 * @import { Curve, Numbers, Part } from "../types/odd"
 */
import { floats, labels, oddOnes, precisionCurve, ranked, rocCurve, wholes } from "./judge.js";

export class Scored {
  /** @param {Pick<Part, "scores" | "normal" | "validation_labels" | "test_labels" | "rows">} part */
  constructor({ scores, normal, validation_labels, test_labels, rows }) {
    /** Rows of the test examples in the file that was brought; none where they are unknown. */
    this.places = wholes(rows);
    /** Class numbers of the test examples. */
    this.classes = labels(test_labels);
    /** Which test examples are odd. */
    this.odd = oddOnes(this.classes, normal);
    /** Likewise of the validation examples, on which a threshold is chosen. */
    this.oddBefore = oddOnes(labels(validation_labels), normal);
    /**
     * Scores by detector.
     *
     * @type {Map<string, Numbers>}
     */
    this.numbers = new Map(scores.map(({ name, validation, test }) => [name, { validation: floats(validation), test: floats(test) }]));
    /** @type {{ roc: Curve[], pr: Curve[] }} */
    this.curves = { roc: [], pr: [] };
    for (const [name, { test }] of this.judged ? this.numbers : []) {
      const all = ranked(test, this.odd);
      this.curves.roc.push({ name, points: rocCurve(all) });
      this.curves.pr.push({ name, points: precisionCurve(all) });
    }
  }

  /** Whether something says which test examples are odd. */
  get judged() {
    return this.odd.includes(true) && this.odd.includes(false);
  }

  /**
   * Test examples as rows of a table.
   *
   * @param {string[]} names Of the classes by number.
   */
  rows(names) {
    const { judged, places } = this;
    const detectors = [...this.numbers];
    const head = ["number", ...(places.length ? ["row"] : []), "class", ...(judged ? ["odd"] : []), ...detectors.map(([name]) => name)];
    const rows = this.odd.map((odd, place) => [
      place,
      ...(places.length ? [places[place] ?? ""] : []),
      names[this.classes[place] ?? 0] ?? "",
      ...(judged ? [Number(odd)] : []),
      ...detectors.map(([, { test }]) => test[place] ?? ""),
    ]);
    return [head, ...rows];
  }
}
