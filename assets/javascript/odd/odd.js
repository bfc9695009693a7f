// @ts-check
/**
 * The section that says which test examples of a run are odd. The app finds the scores, for which `asking.js` asks; what a
 * threshold makes of them is computed and drawn here, so that it can be dragged.
 *
 * @import { Anomalies, Confusion, Curve, Point, Ranked, Scale, Wanted } from "../types/odd"
 */
import { behind, legible } from "../live/legible.js";
import { Elements } from "../explore/elements.js";
import { csv, download } from "../explore/save.js";
import { Asking } from "./asking.js";
import { curvesSvg, histogramSvg, short } from "./charts.js";
import { FRAME, STEPS } from "./frame.js";
import { FreshFile } from "./fresh_file.js";
import * as judge from "./judge.js";
import { Scored } from "./scored.js";
import { called, caption, counted, detectorTable, examples, legend, verdict } from "./telling.js";

const BINS = 60;
const HEIGHT = 190; // pixels of a drawing
const HAND = "hand";

export class Odd extends Elements {
  closed = false;
  /** @type {Anomalies | undefined} */
  found;
  /** The same as numbers; of nobody, as long as nothing was found. */
  scored = new Scored({ scores: [], normal: [], validation_labels: "", test_labels: "", rows: "" });
  /** Which detector's scores are looked at. */
  score = "";
  threshold = 0;
  groups = "kinds";
  /** @type {Scale} */
  scale = { low: 0, high: 1, logarithmic: false };
  /** @type {Ranked | undefined} */
  rankedBefore;
  /** Pixels for which it was drawn. */
  width = 0;

  /**
   * @param {HTMLElement} root
   * @param {Wanted} wanted
   * @param {string} base Address of the app.
   */
  constructor(root, wanted, base) {
    root.innerHTML = FRAME;
    super(root, wanted.words);
    this.wanted = wanted;
    this.speak();
    this.asking = new Asking(root, wanted, base, (found) => this.show(found));
    this.fresh = new FreshFile(root, wanted);
    this.press("csv", () => this.save());
    this.choose("groups", (value) => {
      this.groups = value;
      this.draw();
    });
    this.select("score").addEventListener("change", () => this.turnTo(this.select("score").value));
    for (const name of ["quantile", "cost"]) this.field(name).addEventListener("change", () => this.decide());
    this.select("rule").addEventListener("change", () => this.decide());
    this.slide("threshold", (value) => this.drag(value / STEPS));
    this.follow();
    this.watcher = new ResizeObserver(() => requestAnimationFrame(() => this.refit()));
    this.watcher.observe(root);
    this.take(wanted);
  }

  /** @param {Wanted} wanted The same run, with what is new. */
  take(wanted) {
    this.wanted = wanted;
    this.words = wanted.words;
    this.asking.take(wanted);
    this.fresh.take(wanted);
    this.speak();
    this.tellFresh();
    this.draw(); // in the colours of another theme
  }

  /**
   * Goes on where another section of the same run was, when Streamlit has put this one in its place.
   *
   * @param {Odd} other
   */
  goOn({ asking, found }) {
    this.asking.takeAsNormal(asking.normal);
    if (asking.waits) void this.asking.look();
    else if (found) this.show(found);
  }

  close() {
    this.closed = true;
    this.asking.close();
    this.watcher.disconnect();
  }

  /** @param {Anomalies} found */
  show(found) {
    const { whole } = found;
    this.found = found;
    this.scored = new Scored(whole);
    const { odd, oddBefore, judged } = this.scored;
    const { classes } = this.wanted;
    this.find(".ae-odd-found").hidden = false;
    this.find(".ae-odd-groups").hidden = classes.length < 2;
    for (const place of this.root.querySelectorAll(".ae-odd-judged")) place.toggleAttribute("hidden", !judged);
    this.offer("score", whole.scores.map(({ name }) => [name, this.word(name)]));
    const rules = ["quantile", ...(oddBefore.includes(true) ? ["f1", "cost"] : []), HAND];
    this.offer("rule", rules.map((name) => [name, this.word(`rule_${name}`)]));
    this.find(".ae-odd-verdict").textContent = verdict(found, this);
    this.find(".ae-odd-detectors").innerHTML = detectorTable(found, this);
    const counts = { count: odd.length.toLocaleString(), odd: odd.filter(Boolean).length.toLocaleString() };
    this.find(".ae-odd-how").textContent = judged ? this.word("how", counts) : "";
    const title = (/** @type {number} */ place) =>
      called(place, this.scored.places, classes[this.scored.classes[place] ?? 0], "example", this);
    this.find(".ae-odd-oddest").innerHTML = examples(whole.oddest, title, this);
    this.find(".ae-odd-plainest").innerHTML = examples(whole.plainest, title, this);
    const said = [this.word(caption(whole)), this.word(this.scored.places.length ? "rows_counted" : "tests_counted")];
    this.find(".ae-odd-caption").textContent = said.join(" ");
    this.turnTo(whole.scores[0]?.name ?? "");
    this.tellFresh();
  }

  /**
   * @param {string} name
   * @param {[string, string][]} choices Values, and what is read.
   */
  offer(name, choices) {
    this.select(name).replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }

  /** @param {string} score The detector to look at. */
  turnTo(score) {
    this.score = score;
    this.scale = judge.scaleOf(this.seen.test);
    this.rankedBefore = judge.ranked(this.seen.validation, this.scored.oddBefore);
    if (this.select("rule").value === HAND) this.select("rule").value = "quantile"; // another score, another scale
    this.decide();
  }

  get seen() {
    return this.scored.numbers.get(this.score) ?? { validation: new Float32Array(), test: new Float32Array() };
  }

  /** Chooses the threshold by the rule, on validation examples alone. */
  decide() {
    const rule = this.select("rule").value;
    if (this.rankedBefore && rule !== HAND) this.threshold = this.ruled(rule, this.rankedBefore);
    this.draw();
  }

  /**
   * @param {string} rule
   * @param {Ranked} before
   */
  ruled(rule, before) {
    if (rule === "f1") return judge.byF1(before);
    if (rule === "cost") return judge.byCost(before, Math.max(Number(this.field("cost").value) || 1, 0.01));
    const quantile = Math.min(Math.max(Number(this.field("quantile").value) || 0.95, 0.01), 0.999);
    return judge.byQuantile(this.seen.validation.filter((_, place) => !this.scored.oddBefore[place]), quantile);
  }

  /** @param {number} place Along the axis, 0 to 1. */
  drag(place) {
    this.select("rule").value = HAND;
    this.threshold = judge.scoreAt(this.scale, Math.min(Math.max(place, 0), 1));
    this.draw();
  }

  /** Follows a pointer in the histogram. */
  follow() {
    const place = this.find(".ae-odd-histogram");
    const move = (/** @type {PointerEvent} */ event) => {
      const { left, width } = place.getBoundingClientRect();
      if (event.buttons) this.drag((event.clientX - left) / width);
    };
    place.addEventListener("pointerdown", (event) => {
      place.setPointerCapture(event.pointerId);
      move(event);
    });
    place.addEventListener("pointermove", move);
  }

  draw() {
    if (!this.found || this.closed || !this.root.isConnected) return;
    this.width = this.root.clientWidth;
    this.drawScores();
    this.tellCounts(judge.confusion(this.seen.test, this.scored.odd, this.threshold));
    if (this.scored.judged) this.drawCurves();
    this.tellFresh();
  }

  /** Draws anew for another width. */
  refit() {
    if (this.root.clientWidth !== this.width) this.draw();
  }

  drawScores() {
    const place = this.find(".ae-odd-histogram");
    const { groups, kinds } = this.grouped();
    const bars = judge.histogram(this.seen.test, groups, kinds, this.scale, BINS);
    place.innerHTML = histogramSvg(bars, this.scale, this.threshold, place.clientWidth || 300, HEIGHT);
    place.dataset.threshold = String(this.threshold);
    this.field("threshold").value = String(Math.round(judge.placeOf(this.scale, this.threshold) * STEPS));
    this.field("threshold").setAttribute("aria-valuetext", short(this.threshold));
    this.find(".ae-odd-histogram-title").textContent = this.word("histogram", {
      count: this.scored.odd.length.toLocaleString(),
      unit: this.word(`unit_${this.score}`),
    });
    this.find(".ae-odd-legend").replaceChildren(
      ...kinds.map(({ name, colour }) => {
        const entry = document.createElement("span");
        const dot = document.createElement("i");
        dot.style.background = colour;
        entry.append(dot, name);
        return entry;
      }),
    );
    const { oddBefore, judged } = this.scored;
    const odd = oddBefore.filter(Boolean).length;
    const counts = { normal: (oddBefore.length - odd).toLocaleString(), odd: odd.toLocaleString() };
    this.find(".ae-odd-chosen").textContent = odd ? this.word("chosen_on", counts) : `${this.word("chosen_normal", counts)} ${judged ? this.word("no_odd") : ""}`;
    const rule = this.select("rule").value;
    this.find(".ae-odd-quantile").hidden = rule !== "quantile";
    this.find(".ae-odd-cost").hidden = rule !== "cost";
  }

  /** What the histogram tells apart. */
  grouped() {
    const { classes } = this.wanted;
    const { odd, judged } = this.scored;
    if (this.groups === "classes" && classes.length > 1) {
      return { groups: this.scored.classes, kinds: classes.map((name, number) => ({ name, colour: this.colour(number) })) };
    }
    if (!judged) {
      return { groups: odd.map(() => 0), kinds: [{ name: this.word("group_all"), colour: this.colour(0) }] };
    }
    const kinds = ["normal", "odd"].map((name, at) => ({ name: this.word(`group_${name}`), colour: this.colour(at) }));
    return { groups: odd.map(Number), kinds };
  }

  /** @param {number} number */
  colour(number) {
    const { colours } = this.wanted;
    return legible(colours[number % colours.length] ?? "#1965b0", behind(getComputedStyle(this.root).color));
  }

  drawCurves() {
    if (!this.found) return;
    const { odd, curves } = this.scored;
    const { hits, misses, alarms, passed } = judge.confusion(this.seen.test, odd, this.threshold);
    const share = (hits + misses) / odd.length;
    /** @type {Point} */
    const roc = [alarms / (alarms + passed), hits / (hits + misses)];
    /** @type {Point | undefined} */
    const here = hits + alarms ? [hits / (hits + misses), hits / (hits + alarms)] : undefined;
    this.square(".ae-odd-roc", curves.roc, roc, "false_share", "hit_share", [[0, 0], [1, 1]]);
    this.square(".ae-odd-pr", curves.pr, here, "recall", "precision", [[0, share], [1, share]]);
    this.find(".ae-odd-curves").innerHTML = legend(this.found.detectors, this.score, this);
    const detector = this.found.detectors.find(({ name }) => name === this.score);
    this.find(".ae-odd-auc").textContent = this.area(detector?.auc, detector?.auc_interval);
    this.find(".ae-odd-ap").textContent = this.area(detector?.ap, detector?.ap_interval);
  }

  /**
   * @param {string} selector
   * @param {Curve[]} curves
   * @param {Point | undefined} here
   * @param {string} across Words below.
   * @param {string} up Words beside.
   * @param {Point[]} chance
   */
  square(selector, curves, here, across, up, chance) {
    const place = this.find(selector);
    const titles = /** @type {[string, string]} */ ([this.word(across), this.word(up)]);
    place.innerHTML = curvesSvg(curves, this.score, here, titles, chance, place.clientWidth || 240, HEIGHT + 30);
  }

  /**
   * @param {number | null | undefined} value
   * @param {[number, number] | null | undefined} interval
   */
  area(value, interval) {
    if (value == null || !interval) return "";
    const [low, high] = interval;
    return this.word("area", { value: value.toFixed(3), low: low.toFixed(3), high: high.toFixed(3) });
  }

  /** @param {Confusion} counts */
  tellCounts(counts) {
    const { hits, misses, alarms, passed } = counts;
    const place = this.find(".ae-odd-confusion");
    Object.assign(place.dataset, { hits, misses, alarms, passed });
    const { judged } = this.scored;
    const lines = counted(counts, judged, this).map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    });
    if (!judged) {
      place.replaceChildren(...lines);
      return;
    }
    const rows = [
      ["", this.word("called_odd"), this.word("called_normal")],
      [this.word("group_odd"), hits.toLocaleString(), misses.toLocaleString()],
      [this.word("group_normal"), alarms.toLocaleString(), passed.toLocaleString()],
    ];
    const table = document.createElement("table");
    for (const cells of rows) {
      const row = table.insertRow();
      for (const text of cells) row.insertCell().textContent = text;
    }
    const frame = document.createElement("div");
    frame.className = "ae-table ae-errors";
    frame.append(table);
    place.replaceChildren(frame, ...lines);
  }

  /** Says what the file that somebody brought comes to, at the threshold of the reconstruction error. */
  tellFresh() {
    this.fresh.tell(this.score === "error" ? this.threshold : this.found?.detectors[0]?.threshold);
  }

  save() {
    if (!this.found) return;
    const content = csv(this.scored.rows(this.wanted.classes));
    download(new Blob([content], { type: "text/csv" }), `${this.wanted.run}-scores.csv`);
  }
}
