// @ts-check
/**
 * The plane of codes as a part of the page: along which axes it lies, what lies behind its points and what its colours
 * stand for. `plane_gestures.js` hears pointer and keys.
 *
 * @import { Looked, Row } from "../types/explore"
 * @import { Codes } from "./codes.js"
 * @import { Explorer } from "./explorer.js"
 * @import { Layout } from "./layout.js"
 * @import { Model } from "./model.js"
 */
import { behind, legible } from "../live/legible.js";
import { Axis, Cut } from "./axis.js";
import { LAYOUT_CHOICE, LayoutChoice } from "./layout_choice.js";
import { Plane } from "./plane.js";
import { PlaneGestures } from "./plane_gestures.js";
import { Section } from "./section.js";

const TSNE = "tsne"; // in the page's address, in the place of axes

const CONTENT = `${LAYOUT_CHOICE}
  <div class="ae-tools ae-axes">
    <label><span data-word="across"></span> <select name="across"></select></label>
    <label><span data-word="up"></span> <select name="up"></select></label>
  </div>
  <div class="ae-tools ae-behind" hidden>
    <label><span data-word="behind"></span> <select name="behind"></select></label>
    <span class="ae-ends"></span>
  </div>
  <div class="st-key-plane"><canvas tabindex="0" role="application" data-title="plane_help"></canvas></div>
  <p class="ae-legend"></p>
  <div class="ae-tools">
    <span class="ae-choice">
      <button type="button" name="tool" value="decode" aria-pressed="true" data-word="tool_decode"></button>
      <button type="button" name="tool" value="rectangle" aria-pressed="false" data-word="tool_rectangle"></button>
      <button type="button" name="tool" value="lasso" aria-pressed="false" data-word="tool_lasso"></button>
      <button type="button" name="tool" value="move" aria-pressed="false" data-word="tool_move"></button>
    </span>
    <span class="ae-choice">
      <button type="button" name="nearer" data-title="nearer">+</button>
      <button type="button" name="farther" data-title="farther">−</button>
      <button type="button" name="whole" data-word="whole"></button>
    </span>
    <label><input type="checkbox" name="dense"> <span data-word="contours"></span></label>
    <select name="class" data-title="choose_class"></select>
  </div>
  <p class="ae-note" data-word="plane_note"></p>`;

export class PlanePart extends Section {
  /**
   * @param {HTMLElement} place
   * @param {Explorer} explorer
   * @param {Model} model
   */
  constructor(place, explorer, model) {
    super(place, explorer, model, "plane", CONTENT);
    const { codes } = model;
    this.axes = [...codes.directions, ...codes.units];
    const cut = usual(codes);
    const [first] = model.look.behinds;
    const surface = this.canvas(".st-key-plane canvas");
    this.plane = new Plane(surface, this.model, cut, explorer.wanted.colours, first?.key ?? -1);
    this.offerBehind();
    this.find(".ae-axes").hidden = codes.size <= 2;
    for (const name of ["across", "up"]) this.select(name).addEventListener("change", () => this.turnBy(name));
    this.offerAxes();
    this.offerClasses();
    this.explain();
    this.gestures = new PlaneGestures(surface, this.plane, explorer);
    this.choose("tool", (tool) => this.gestures.turnTo(tool));
    this.press("nearer", () => this.gestures.nearer());
    this.press("farther", () => this.gestures.farther());
    this.press("whole", () => this.gestures.whole());
    this.field("dense").addEventListener("change", () => this.plane.setDense(this.field("dense").checked));
    this.layouts = new LayoutChoice(this);
  }

  offerAxes() {
    for (const name of ["across", "up"]) {
      this.select(name).replaceChildren(...this.axes.map((axis) => new Option(this.explorer.nameOf(axis), axis.key)));
    }
    this.tellAxes();
  }

  /** @param {string} name Of the choice that a person has changed. */
  turnBy(name) {
    const [one, other] = [this.select("across"), this.select("up")];
    const before = this.plane.cut;
    if (one.value === other.value) (name === "across" ? other : one).value = (name === "across" ? before.across : before.up).key;
    this.turn(one.value, other.value);
    this.explorer.remember();
  }

  /** @override @param {Model} model */
  renew(model) {
    const { cut } = this.plane;
    this.model = model.askedBy(() => this.again());
    const { codes } = model;
    for (const axis of codes.directions) axis.face(this.axes.find(({ key }) => key === axis.key), codes);
    this.axes = [...codes.directions, ...codes.units];
    const [across, up] = [cut.across, cut.up].map(({ key }) => this.axes.find((one) => one.key === key));
    this.plane.renew(this.model, across && up ? new Cut(codes.mean, across, up) : usual(codes));
    this.offerAxes();
    this.layouts.mark();
  }

  /**
   * Shows the examples where t-SNE puts them, or on the plane again.
   *
   * @param {Layout | undefined} layout
   */
  lay(layout) {
    this.plane.show(this.plane.cut, layout);
    this.find(".ae-axes").hidden = layout !== undefined || this.model.codes.size <= 2;
    this.find(".ae-behind").hidden = layout !== undefined || !this.model.look.behinds.length;
    this.find(".ae-note").textContent = this.word(layout ? "layout_note" : "plane_note");
    this.show(this.explorer.looked);
    this.explorer.between?.draw();
    this.explorer.remember();
  }

  tellAxes() {
    this.select("across").value = this.plane.cut.across.key;
    this.select("up").value = this.plane.cut.up.key;
  }

  /**
   * Lays the plane along two axes, if there are such.
   *
   * @param {string} acrossKey
   * @param {string} upKey
   */
  turn(acrossKey, upKey) {
    if (acrossKey === TSNE) void this.layouts.begin();
    const [across, up] = [acrossKey, upKey].map((key) => this.axes.find((one) => one.key === key));
    if (!across || !up || across === up) return;
    this.plane.show(new Cut(this.model.codes.mean, across, up));
    this.tellAxes();
    if (this.explorer.looked.code.length) this.show(this.explorer.looked);
    this.explorer.between?.draw();
  }

  /** Keys of both axes, or the name of the layout; none where they are those that everybody begins with. */
  get turned() {
    if (this.layouts.chosen) return [TSNE];
    const { across, up } = this.plane.cut;
    const [first, second] = this.axes;
    return this.model.codes.directions.length && (across !== first || up !== second) ? [across.key, up.key] : [];
  }

  offerClasses() {
    const select = this.select("class");
    const { class_names } = this.explorer.wanted;
    select.hidden = class_names.length < 2;
    select.replaceChildren(new Option(this.word("choose_class"), ""), ...class_names.map((name, at) => new Option(name, String(at))));
    select.addEventListener("change", () => {
      const places = [...this.model.labels.keys()].filter((place) => select.value === String(this.model.labels[place]));
      this.explorer.choose(select.value ? places.filter((place) => place < this.model.codes.count) : []);
    });
  }

  /** Offers what can lie behind the points: the colours of a column. */
  offerBehind() {
    const { behinds } = this.model.look;
    const select = this.select("behind");
    this.find(".ae-behind").hidden = !behinds.length;
    select.replaceChildren(new Option(this.word("behind_none"), "-1"), ...behinds.map(({ key, name }) => new Option(name, String(key))));
    select.value = String(this.plane.behind);
    select.addEventListener("change", () => {
      this.plane.layBehind(Number(select.value));
      this.tellEnds();
    });
    this.tellEnds();
  }

  /** Says what the colours behind the points stand for. */
  tellEnds() {
    const [low = "", high = ""] = this.model.look.ends(this.plane.behind);
    const bar = document.createElement("i");
    this.find(".ae-ends").replaceChildren(...(low ? [low, bar, high] : []));
  }

  /** Says which colour each class has. */
  explain() {
    const { class_names, colours } = this.explorer.wanted;
    const page = behind(getComputedStyle(this.root).color);
    const entries = class_names.map((name, label) => {
      const [entry, dot] = [document.createElement("span"), document.createElement("i")];
      dot.style.background = legible(colours[label % colours.length] ?? "", page);
      entry.append(dot, name);
      return entry;
    });
    this.find(".ae-legend").replaceChildren(...(class_names.length > 1 ? entries : []));
  }

  /** @param {number[]} places */
  mark(places) {
    this.plane.chosen = new Set(places);
    this.plane.draw();
  }

  /** @param {Float32Array[]} codes */
  markWay(codes) {
    this.plane.way = this.plane.layout ? [] : codes.map((code) => this.plane.placeOf(code)); // no way leads through a layout
    this.plane.drawOver();
  }

  /** @override @param {Looked} looked */
  show({ code, example, place }) {
    this.plane.marked = this.plane.placeOf(code, place);
    this.plane.cloud = example && !this.plane.layout ? this.model.cloud(example) : undefined;
    this.plane.drawOver();
  }

  /** @override */
  draw() {
    this.explain(); // in the colours of another theme
    this.plane.draw();
  }

  /** @override @returns {Row[]} */
  rows() {
    const { across, up } = this.plane.cut;
    const { class_names } = this.explorer.wanted;
    const points = Array.from({ length: this.model.codes.count }, (_, place) => {
      const { x, y } = this.plane.placeOf(this.model.codes.at(place), place);
      return [place, class_names[this.model.labels[place] ?? 0] ?? "", x, y, this.plane.chosen.has(place) ? 1 : 0];
    });
    const laid = [1, 2].map((number) => this.word("layout_axis", { number }));
    const [one = "", other = ""] = this.plane.layout ? laid : [across, up].map((axis) => this.explorer.nameOf(axis));
    return [["example", "class", one, other, "chosen"], ...points];
  }

  /** @override */
  again() {
    this.plane.again();
  }

  /** @override */
  close() {
    this.layouts.close();
    this.plane.close();
  }
}

/**
 * The plane that everybody begins with.
 *
 * @param {Codes} codes
 */
function usual(codes) {
  const [first, second] = codes.directions.length ? codes.directions : codes.units;
  const nothing = new Axis("", 0, new Float32Array(codes.size), 0); // a code of one number lies on a line
  return new Cut(codes.mean, first ?? nothing, second ?? nothing);
}
