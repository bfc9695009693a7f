// @ts-check
/**
 * The section that says which test examples of a run are odd. The app finds the scores; what a threshold makes of them
 * is computed and drawn here, so that it can be dragged.
 *
 * @import { Anomalies, Confusion, Curve, Numbers, Part, Point, Ranked, Scale, Wanted } from "../types/odd"
 */
import { behind, legible } from "../live/legible.js";
import { Elements } from "../explore/elements.js";
import { csv, download } from "../explore/save.js";
import { curvesSvg, histogramSvg, short } from "./charts.js";
import { FRAME, STEPS } from "./frame.js";
import * as judge from "./judge.js";
import { Looking } from "./looking.js";
import { caption, counted, detectorTable, examples, legend, named, verdict, which } from "./telling.js";

const BINS = 60;
const MOST_CHIPS = 12; // classes that get a button each
const HEIGHT = 190; // pixels of a drawing
const HAND = "hand";

export class Odd extends Elements {
  closed = false;
  /** @type {Anomalies | undefined} */
  found;
  /**
   * Scores by detector.
   *
   * @type {Map<string, Numbers>}
   */
  numbers = new Map();
  /** @type {boolean[]} */
  odd = [];
  /** @type {boolean[]} */
  oddBefore = [];
  /** @type {ArrayLike<number>} */
  classes = [];
  /** Which detector's scores are looked at. */
  score = "";
  threshold = 0;
  groups = "kinds";
  /** @type {Scale} */
  scale = { low: 0, high: 1, logarithmic: false };
  /** @type {Set<string>} */
  normal = new Set();
  /** @type {{ roc: Curve[], pr: Curve[] }} */
  curves = { roc: [], pr: [] };
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
    this.looking = new Looking(`${base}odd/${wanted.run}/${wanted.step}`, wanted.language);
    this.offerClasses();
    this.press("find", () => this.look());
    this.press("cancel", () => this.giveUp());
    this.press("csv", () => this.save());
    this.press("fresh", () => this.saveFresh());
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
    this.speak();
    this.tellFresh();
    this.draw(); // in the colours of another theme
  }

  close() {
    this.closed = true;
    this.looking.cancel();
    this.watcher.disconnect();
  }

  offerClasses() {
    const place = this.find(".ae-odd-classes");
    const { classes, normal } = this.wanted;
    this.find(".ae-odd-normal > span").hidden = place.hidden = !classes.length;
    place.title = this.word("normal_help");
    this.normal = new Set(named(classes, normal));
    this.tellWhich();
    if (classes.length > MOST_CHIPS) {
      const field = place.appendChild(document.createElement("input"));
      Object.assign(field, { type: "text", name: "classes", value: normal, placeholder: this.word("normal_place") });
      field.setAttribute("aria-label", this.word("normal_help"));
      field.addEventListener("input", () => {
        this.normal = new Set(field.value ? [field.value] : []);
        this.tellWhich();
      });
      return;
    }
    classes.forEach((name) => {
      const chip = place.appendChild(document.createElement("button"));
      const chosen = this.normal.has(name);
      Object.assign(chip, { type: "button", textContent: name, value: name, name: "class" });
      chip.setAttribute("aria-pressed", String(chosen));
      chip.addEventListener("click", () => {
        const now = this.normal.has(name);
        if (now) this.normal.delete(name);
        else this.normal.add(name);
        chip.setAttribute("aria-pressed", String(!now));
        this.tellWhich();
      });
    });
  }

  /** Says which classes the network has learnt from, and which are odd then. */
  tellWhich() {
    const { classes, normal } = this.wanted;
    const place = this.find(".ae-odd-which");
    place.hidden = classes.length < 2;
    place.textContent = which(classes, named(classes, normal), named(classes, [...this.normal].join(",")), this);
  }

  async look() {
    this.busy(true);
    this.say(this.word("working", { percent: 0 }));
    const told = await this.looking.look([...this.normal].join(","), ({ share, why }) => {
      this.say(why || this.word("working", { percent: Math.round(100 * share) }));
    });
    if (told === undefined || this.closed) return;
    this.busy(false);
    this.say(told.found ? "" : told.why || this.word("nobody"));
    if (told.found) this.show(told.found);
  }

  giveUp() {
    this.looking.cancel();
    this.busy(false);
    this.say("");
  }

  /** @param {boolean} now */
  busy(now) {
    this.find("button[name=cancel]").hidden = !now;
    this.find("button[name=find]").toggleAttribute("disabled", now);
  }

  /** @param {string} text */
  say(text) {
    this.find(".ae-odd-said").textContent = text;
  }

  /** @param {Anomalies} found */
  show(found) {
    const { whole } = found;
    this.found = found;
    this.classes = judge.labels(whole.test_labels);
    this.odd = judge.oddOnes(this.classes, whole.normal);
    this.oddBefore = judge.oddOnes(judge.labels(whole.validation_labels), whole.normal);
    this.numbers = new Map(
      whole.scores.map(({ name, validation, test }) => [name, { validation: judge.floats(validation), test: judge.floats(test) }]),
    );
    const judged = this.judged ? whole.scores : [];
    const all = judged.map(({ name }) => ({ name, all: judge.ranked(this.numbers.get(name)?.test ?? [], this.odd) }));
    this.curves = {
      roc: all.map((one) => ({ name: one.name, points: judge.rocCurve(one.all) })),
      pr: all.map((one) => ({ name: one.name, points: judge.precisionCurve(one.all) })),
    };
    const { classes } = this.wanted;
    this.find(".ae-odd-found").hidden = false;
    this.find(".ae-odd-groups").hidden = classes.length < 2;
    for (const place of this.root.querySelectorAll(".ae-odd-judged")) place.toggleAttribute("hidden", !this.judged);
    this.offer("score", whole.scores.map(({ name }) => [name, this.word(name)]));
    const rules = ["quantile", ...(this.oddBefore.includes(true) ? ["f1", "cost"] : []), HAND];
    this.offer("rule", rules.map((name) => [name, this.word(`rule_${name}`)]));
    this.find(".ae-odd-verdict").textContent = verdict(found, this);
    this.find(".ae-odd-detectors").innerHTML = detectorTable(found, this);
    const counts = { count: this.odd.length.toLocaleString(), odd: this.odd.filter(Boolean).length.toLocaleString() };
    this.find(".ae-odd-how").textContent = this.judged ? this.word("how", counts) : "";
    this.find(".ae-odd-oddest").innerHTML = examples(whole.oddest, classes, this);
    this.find(".ae-odd-plainest").innerHTML = examples(whole.plainest, classes, this);
    this.find(".ae-odd-caption").textContent = this.word(caption(whole));
    this.turnTo(whole.scores[0]?.name ?? "");
    this.tellFresh();
  }

  /** Whether something says which test examples are odd. */
  get judged() {
    return this.odd.includes(true) && this.odd.includes(false);
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
    this.rankedBefore = judge.ranked(this.seen.validation, this.oddBefore);
    if (this.select("rule").value === HAND) this.select("rule").value = "quantile"; // another score, another scale
    this.decide();
  }

  get seen() {
    return this.numbers.get(this.score) ?? { validation: new Float32Array(), test: new Float32Array() };
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
    return judge.byQuantile(this.seen.validation.filter((_, place) => !this.oddBefore[place]), quantile);
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
    this.tellCounts(judge.confusion(this.seen.test, this.odd, this.threshold));
    if (this.judged) this.drawCurves();
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
    this.find(".ae-odd-histogram-title").textContent = this.word("histogram", { count: this.odd.length.toLocaleString() });
    this.find(".ae-odd-legend").replaceChildren(
      ...kinds.map(({ name, colour }) => {
        const entry = document.createElement("span");
        const dot = document.createElement("i");
        dot.style.background = colour;
        entry.append(dot, name);
        return entry;
      }),
    );
    const odd = this.oddBefore.filter(Boolean).length;
    const counts = { normal: (this.oddBefore.length - odd).toLocaleString(), odd: odd.toLocaleString() };
    this.find(".ae-odd-chosen").textContent = odd ? this.word("chosen_on", counts) : `${this.word("chosen_normal", counts)} ${this.judged ? this.word("no_odd") : ""}`;
    const rule = this.select("rule").value;
    this.find(".ae-odd-quantile").hidden = rule !== "quantile";
    this.find(".ae-odd-cost").hidden = rule !== "cost";
  }

  /** What the histogram tells apart. */
  grouped() {
    const { classes } = this.wanted;
    if (this.groups === "classes" && classes.length > 1) {
      return { groups: this.classes, kinds: classes.map((name, number) => ({ name, colour: this.colour(number) })) };
    }
    if (!this.judged) {
      return { groups: this.odd.map(() => 0), kinds: [{ name: this.word("group_all"), colour: this.colour(0) }] };
    }
    const kinds = ["normal", "odd"].map((name, at) => ({ name: this.word(`group_${name}`), colour: this.colour(at) }));
    return { groups: this.odd.map(Number), kinds };
  }

  /** @param {number} number */
  colour(number) {
    const { colours } = this.wanted;
    return legible(colours[number % colours.length] ?? "#1965b0", behind(getComputedStyle(this.root).color));
  }

  drawCurves() {
    if (!this.found) return;
    const { hits, misses, alarms, passed } = judge.confusion(this.seen.test, this.odd, this.threshold);
    const share = (hits + misses) / this.odd.length;
    /** @type {Point} */
    const roc = [alarms / (alarms + passed), hits / (hits + misses)];
    /** @type {Point | undefined} */
    const here = hits + alarms ? [hits / (hits + misses), hits / (hits + alarms)] : undefined;
    this.square(".ae-odd-roc", this.curves.roc, roc, "false_share", "hit_share", [[0, 0], [1, 1]]);
    this.square(".ae-odd-pr", this.curves.pr, here, "recall", "precision", [[0, share], [1, share]]);
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
    const lines = counted(counts, this.judged, this).map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    });
    if (!this.judged) {
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
    const { fresh, fresh_name: name = "" } = this.wanted;
    this.find(".ae-odd-fresh").hidden = !fresh;
    if (!fresh) return;
    const scores = judge.floats(fresh.scores[0]?.test ?? "");
    const limit = this.score === "error" ? this.threshold : this.found?.detectors[0]?.threshold;
    const above = limit === undefined ? 0 : scores.filter((one) => one > limit).length;
    const counts = { name, above: above.toLocaleString(), count: scores.length.toLocaleString() };
    this.find(".ae-odd-fresh-said").textContent = limit === undefined ? this.word("fresh_find") : this.word("fresh", counts);
    const place = this.find(".ae-odd-fresh-oddest");
    const key = `${name} ${scores.length}`;
    if (place.dataset.of === key) return;
    place.dataset.of = key;
    place.innerHTML = examples(fresh.oddest, [], this);
  }

  save() {
    if (!this.found) return;
    const names = [...this.numbers.keys()];
    const head = ["number", "class", ...(this.judged ? ["odd"] : []), ...names];
    const rows = this.odd.map((odd, place) => [
      place,
      this.wanted.classes[this.classes[place] ?? 0] ?? "",
      ...(this.judged ? [Number(odd)] : []),
      ...names.map((name) => this.numbers.get(name)?.test[place] ?? ""),
    ]);
    download(new Blob([csv([head, ...rows])], { type: "text/csv" }), `${this.wanted.run}-scores.csv`);
  }

  saveFresh() {
    /** @type {Part | undefined} */
    const fresh = this.wanted.fresh;
    const scores = judge.floats(fresh?.scores[0]?.test ?? "");
    const rows = Array.from(scores, (score, place) => [place, score]);
    download(new Blob([csv([["number", "error"], ...rows])], { type: "text/csv" }), `${this.wanted.run}-file-scores.csv`);
  }
}
