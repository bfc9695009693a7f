// @ts-check
/**
 * A network to play with. Whatever is pulled, drawn or dragged becomes a code; `show` tells all parts of it. At which step
 * of its training the network is looked at is chosen by `step_choice.js`.
 *
 * @import { Exploration, Looked, Neighbour, Part } from "../types/explore"
 * @import { NoNetwork } from "../types/network"
 * @import { Network } from "../network/network.js"
 * @import { Model } from "./model.js"
 * @import { Axis } from "./axis.js"
 */
import { PAPER } from "../live/theme.js";
import { fetchNetwork } from "../network/fetch.js";
import { forget, read, write } from "./address.js";
import { BetweenPart } from "./between_part.js";
import { ChosenPart } from "./chosen_part.js";
import { CodePart } from "./code_part.js";
import { Elements } from "./elements.js";
import { hiddenPart } from "./hidden_parts.js";
import { LayersPart } from "./layers_part.js";
import { Refusal } from "./learnt.js";
import { NoisePart } from "./noise_part.js";
import { ownPart } from "./own_parts.js";
import { PlanePart } from "./plane_part.js";
import { SamplesPart } from "./samples_part.js";
import { csv, download, png, svg } from "./save.js";
import { StepChoice } from "./step_choice.js";

const AGAIN = 3000; // milliseconds until a network that was not there is asked for again

const FRAME = `
  <p class="ae-explore-said" role="status"></p>
  <div class="ae-moments st-key-timeline" hidden></div>
  <div class="ae-explore-parts"></div>`;

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
   * @param {(step: number) => Promise<Network | NoNetwork>} [source] Where networks come from, if not from the app.
   */
  constructor(root, wanted, base, source = (step) => fetchNetwork(base, wanted.run, step, wanted.language)) {
    this.root = root;
    this.wanted = wanted;
    this.base = base;
    root.classList.remove("ae-ready");
    root.innerHTML = FRAME;
    this.elements = new Elements(root, wanted.words);
    this.steps = new StepChoice(this.elements.find(".ae-moments"), this, source, read(location.search, 0).frame);
    void this.begin();
  }

  async begin() {
    const { elements } = this;
    try {
      const tell = (/** @type {number} */ share) => this.say(`${elements.word("reading")} ${Math.round(100 * share)} %`);
      tell(0);
      const model = await this.steps.bring(tell);
      if (this.closed) return;
      this.set(model);
      this.steps.mark(model.network.step);
      void this.steps.go(); // it may have gone on meanwhile
      this.say(this.about(model));
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

  /** @param {Model} model Of another step. */
  change(model) {
    this.model?.network.drop();
    this.model = model;
    this.say(this.about(model));
    for (const part of this.parts) part.renew(model);
    const { code, example, place } = this.looked;
    const moved = place === undefined ? code : model.codes.at(place).slice();
    this.tell({ code: moved, example, place, began: performance.now() });
  }

  /**
   * Hears of the same run, which may have gone on.
   *
   * @param {Exploration} wanted
   */
  take(wanted) {
    const { moving } = this.wanted;
    this.wanted = wanted;
    this.steps.take(wanted, moving);
  }

  /**
   * What is to be known of a network: who computes it, if not the browser; that its codes are made of entries.
   *
   * @param {Model} model
   */
  about({ network }) {
    const { worker, decoder } = network.description;
    if (worker) return `${this.elements.word("by_worker")} ${worker}`;
    return decoder.layers.some(({ type }) => type === "NearestEntry") ? this.elements.word("entries") : "";
  }

  /** @param {Model} model */
  set(model) {
    const place = this.elements.find(".ae-explore-parts");
    const noise = model.here ? this.wanted.noise : null;
    place.replaceChildren();
    this.model = model;
    place.classList.add(`ae-of-${model.look.kind}`);
    const hidden = hiddenPart(model, this.wanted);
    // In the order in which they follow one another on a phone, and under the tabulator key.
    this.parts = [
      (this.plane = new PlanePart(place, this, model)),
      new CodePart(place, this, model),
      ...[ownPart(place, this, model) ?? []].flat(),
      ...(noise ? [new NoisePart(place, this, model, noise)] : []),
      ...(hidden ? [hidden(place, this)] : []),
      (this.between = new BetweenPart(place, this, model)),
      new SamplesPart(place, this, model),
      (this.chosen = new ChosenPart(place, this, model)),
      ...(model.here ? [new LayersPart(place, this, model)] : []),
    ];
    place.classList.toggle("ae-with-noise", noise !== null);
    place.classList.toggle("ae-with-hidden", hidden !== undefined);
    for (const part of this.parts) {
      for (const button of part.root.querySelectorAll("button[name=save]")) {
        button.addEventListener("click", () => void this.save(part, button.getAttribute("value") ?? ""));
      }
    }
    const { at, from, to, axes } = read(location.search, model.codes.size);
    this.plane.turn(axes[0] ?? "", axes[1] ?? "");
    if (from && to) this.between.take(from, to);
    this.between.draw();
    this.tell({ code: at ?? model.codes.at(0).slice(), place: at ? undefined : 0, began: performance.now() });
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
    if (model) this.show({ code: model.codes.at(place).slice(), example: model.examples[place], place, began });
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
    write({ at: this.looked.code, from, to, axes: this.plane?.turned ?? [], frame: this.steps.frame });
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
   * Examples and the names of their classes.
   *
   * @param {Neighbour[]} near
   */
  named(near) {
    const { model, wanted } = this;
    return near.map(({ place }) => ({
      example: model?.examples[place] ?? [],
      name: wanted.class_names[model?.labels[place] ?? 0] ?? "",
      colour: wanted.colours.length > 1 ? wanted.colours[(model?.labels[place] ?? 0) % wanted.colours.length] : undefined,
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

  /** @param {string} sentence */
  say(sentence) {
    this.elements.find(".ae-explore-said").textContent = sentence;
  }

  close() {
    this.closed = true;
    clearTimeout(this.retry);
    forget();
    this.steps.close();
    this.model?.network.close();
    for (const part of this.parts) part.close();
  }
}
