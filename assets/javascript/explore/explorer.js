// @ts-check
/**
 * A network to play with. Whatever is pulled, drawn or dragged becomes a code; `show` tells all parts of it.
 *
 * @import { Exploration, Looked, Neighbour, Part } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 * @import { Network } from "../network/network.js"
 * @import { Axis } from "./axis.js"
 */
import { PAPER } from "../live/theme.js";
import { fetchNetwork } from "../network/fetch.js";
import { forget, read, write } from "./address.js";
import { BetweenPart } from "./between_part.js";
import { ChosenPart } from "./chosen_part.js";
import { CodePart } from "./code_part.js";
import { DrawPart } from "./draw_part.js";
import { Elements } from "./elements.js";
import { HiddenPart } from "./hidden_part.js";
import { LayersPart } from "./layers_part.js";
import { Model, Refusal, load } from "./model.js";
import { NoisePart } from "./noise_part.js";
import { PlanePart } from "./plane_part.js";
import { SamplesPart } from "./samples_part.js";
import { csv, download, png, svg } from "./save.js";

const AGAIN = 3000; // milliseconds until a network that was not there is asked for again

export class Explorer {
  closed = false;
  /** @type {Looked} */
  looked = { code: new Float32Array(), began: 0 };
  /** @type {Part[]} */
  parts = [];
  /** @type {Model | undefined} */
  model;
  /** @type {PlanePart | undefined} */
  plane;
  /** @type {BetweenPart | undefined} */
  between;
  /** @type {ChosenPart | undefined} */
  chosen;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;

  /**
   * @param {HTMLElement} root
   * @param {Exploration} wanted
   * @param {string} base Address of the app.
   * @param {() => Promise<Network | NoNetwork>} [source] Where the network comes from, if not from the app.
   */
  constructor(root, wanted, base, source = () => fetchNetwork(base, wanted.run, wanted.step, wanted.language)) {
    this.root = root;
    this.wanted = wanted;
    this.base = base;
    this.source = source;
    root.classList.remove("ae-ready");
    root.innerHTML = '<p class="ae-explore-said" role="status"></p><div class="ae-explore-parts"></div>';
    this.elements = new Elements(root, wanted.words);
    void this.begin();
  }

  async begin() {
    const { elements } = this;
    try {
      const tell = (/** @type {number} */ share) => this.say(`${elements.word("reading")} ${Math.round(100 * share)} %`);
      tell(0);
      const model = await load(this.wanted, this.base, this.source, tell);
      if (this.closed) return;
      this.set(model);
      this.say(model.network.description.worker && `${elements.word("by_worker")} ${model.network.description.worker}`);
      this.root.classList.add("ae-ready");
    } catch (error) {
      if (this.closed) return;
      const refused = error instanceof Refusal;
      if (!refused) console.warn(error);
      if (refused && !error.later) {
        this.say(`${elements.word("refused")} ${error.message}`);
        return;
      }
      this.say(refused ? error.message : elements.word("lost"));
      this.retry = setTimeout(() => void this.begin(), AGAIN);
    }
  }

  /** @param {Model} model */
  set(model) {
    const place = this.elements.find(".ae-explore-parts");
    const { shape, patch } = this.wanted;
    const noise = model.here ? this.wanted.noise : null;
    place.replaceChildren();
    this.model?.network.close();
    this.model = model;
    model.listen(() => this.again());
    const grey = (shape[2] ?? 1) === 1;
    // In the order in which they follow one another on a phone, and under the tabulator key.
    this.parts = [
      (this.plane = new PlanePart(place, this, model)),
      new CodePart(place, this, model),
      ...(grey ? [new DrawPart(place, this, model)] : []),
      ...(noise ? [new NoisePart(place, this, model, noise)] : []),
      ...(patch ? [new HiddenPart(place, this, model, patch)] : []),
      (this.between = new BetweenPart(place, this, model)),
      new SamplesPart(place, this, model),
      (this.chosen = new ChosenPart(place, this, model)),
      ...(model.here ? [new LayersPart(place, this, model)] : []),
    ];
    place.classList.toggle("ae-with-noise", noise !== null || patch !== null);
    for (const part of this.parts) {
      for (const button of part.root.querySelectorAll("button[name=save]")) {
        button.addEventListener("click", () => void this.save(part, button.getAttribute("value") ?? ""));
      }
    }
    const { at, from, to, axes } = read(location.search, model.codes.size);
    this.plane.turn(axes[0] ?? "", axes[1] ?? "");
    if (from && to) this.between.take(from, to);
    this.between.draw();
    this.tell({ code: at ?? model.codes.at(0).slice(), began: performance.now() });
  }

  /**
   * Shows a code everywhere, and in the address.
   *
   * @param {Looked} looked
   */
  show(looked) {
    this.tell(looked);
    this.remember();
  }

  /** @param {Looked} looked */
  tell(looked) {
    this.looked = looked;
    for (const part of this.parts) part.show(looked);
  }

  /**
   * Shows the code of a held-out example.
   *
   * @param {number} place
   * @param {number} began
   */
  look(place, began) {
    const { model } = this;
    if (model) this.show({ code: model.codes.at(place).slice(), picture: model.pictures[place], began });
  }

  /**
   * Shows a held-out example, and what lies next to it.
   *
   * @param {number} place
   * @param {number} began
   */
  pick(place, began) {
    this.look(place, began);
    this.choose([place]);
  }

  /**
   * Chooses held-out examples.
   *
   * @param {number[]} places None takes the choice back.
   */
  choose(places) {
    this.plane?.mark(places);
    this.chosen?.choosePlaces(places);
  }

  /** @param {Float32Array[]} codes */
  markWay(codes) {
    this.plane?.markWay(codes);
  }

  /** Writes what is looked at into the address. */
  remember() {
    const [from, to] = this.between?.chosen ? this.between.ends : [undefined, undefined];
    write({ at: this.looked.code, from, to, axes: this.plane?.turned ?? [] });
  }

  /**
   * What an axis is called.
   *
   * @param {Axis} axis
   */
  nameOf({ key, number }) {
    return this.elements.word(key.startsWith("d") ? "direction" : "unit", { number });
  }

  /**
   * Examples with their pictures and the names of their classes.
   *
   * @param {Neighbour[]} near
   */
  named(near) {
    const { model, wanted } = this;
    return near.map(({ place }) => ({
      picture: model?.pictures[place] ?? [],
      name: wanted.class_names[model?.labels[place] ?? 0] ?? "",
    }));
  }

  /**
   * Takes a part away as a file.
   *
   * @param {Part} part
   * @param {string} format
   */
  async save(part, format) {
    const name = `explore-${this.wanted.run}-${part.name}.${format}`;
    if (format === "csv") {
      let rows = part.rows();
      // A worker answers one question of a kind after the other.
      for (const network = this.model?.network; network && !network.settled && !this.closed; rows = part.rows()) await network.settle();
      download(new Blob([csv(rows)], { type: "text/csv" }), name);
      return;
    }
    const { root } = part;
    root.style.color = PAPER.text; // dark on white, whatever the page is
    part.draw();
    const drawing = svg(root);
    root.style.color = "";
    part.draw();
    download(format === "svg" ? new Blob([drawing], { type: "image/svg+xml" }) : await png(drawing), name);
  }

  draw() {
    for (const part of this.parts) part.draw();
  }

  /** A worker has answered: all parts ask again for what they show. */
  again() {
    for (const part of this.parts) part.again();
  }

  /** @param {string} sentence */
  say(sentence) {
    this.elements.find(".ae-explore-said").textContent = sentence;
  }

  close() {
    this.closed = true;
    clearTimeout(this.retry);
    forget();
    this.model?.network.close();
    for (const part of this.parts) part.close();
  }
}
