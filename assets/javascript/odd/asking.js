// @ts-check
/**
 * What one asks: which classes count as normal, and to have the odd examples looked for.
 *
 * @import { Anomalies, Wanted } from "../types/odd"
 */
import { Elements } from "../explore/elements.js";
import { Looking } from "./looking.js";
import { named, which } from "./telling.js";

const MOST_CHIPS = 12; // classes that get a button each

export class Asking extends Elements {
  /**
   * Names of the classes that count as normal, or what was typed for them.
   *
   * @type {Set<string>}
   */
  normal = new Set();
  /** Whether odd examples are wanted that have not come yet. */
  waits = false;

  /**
   * @param {HTMLElement} root
   * @param {Wanted} wanted
   * @param {string} base Address of the app.
   * @param {(found: Anomalies) => void} show Told what was found.
   */
  constructor(root, wanted, base, show) {
    super(root, wanted.words);
    this.wanted = wanted;
    this.show = show;
    this.looking = new Looking(`${base}odd/${wanted.run}/${wanted.step}`, wanted.language);
    this.offerClasses();
    this.press("find", () => this.look());
    this.press("cancel", () => this.giveUp());
  }

  /** @param {Wanted} wanted The same run, with what is new. */
  take(wanted) {
    this.wanted = wanted;
    this.words = wanted.words;
  }

  offerClasses() {
    const place = this.find(".ae-odd-classes");
    const { classes, normal } = this.wanted;
    this.find(".ae-odd-normal > span").hidden = place.hidden = !classes.length;
    place.title = this.word("normal_help");
    this.normal = new Set(named(classes, normal));
    this.tellWhich();
    if (classes.length > MOST_CHIPS) this.offerField(place, normal);
    else for (const name of classes) this.offerChip(place, name);
  }

  /**
   * @param {HTMLElement} place
   * @param {string} normal The classes that it was trained on.
   */
  offerField(place, normal) {
    const field = place.appendChild(document.createElement("input"));
    Object.assign(field, { type: "text", name: "classes", value: normal, placeholder: this.word("normal_place") });
    field.setAttribute("aria-label", this.word("normal_help"));
    field.addEventListener("input", () => {
      this.normal = new Set(field.value ? [field.value] : []);
      this.tellWhich();
    });
  }

  /**
   * @param {HTMLElement} place
   * @param {string} name Of a class.
   */
  offerChip(place, name) {
    const chip = place.appendChild(document.createElement("button"));
    Object.assign(chip, { type: "button", textContent: name, value: name, name: "class" });
    chip.setAttribute("aria-pressed", String(this.normal.has(name)));
    chip.addEventListener("click", () => {
      const now = this.normal.has(name);
      if (now) this.normal.delete(name);
      else this.normal.add(name);
      chip.setAttribute("aria-pressed", String(!now));
      this.tellWhich();
    });
  }

  /** @param {Set<string>} normal The classes that are to count as normal. */
  takeAsNormal(normal) {
    this.normal = new Set(normal);
    for (const part of this.find(".ae-odd-classes").children) {
      if (part instanceof HTMLInputElement) part.value = this.setting;
      else if (part instanceof HTMLButtonElement) part.setAttribute("aria-pressed", String(normal.has(part.value)));
    }
    this.tellWhich();
  }

  /** The classes that count as normal, as a setting. */
  get setting() {
    return [...this.normal].join(",");
  }

  /** Says which classes the network has learnt from, and which are odd then. */
  tellWhich() {
    const { classes, normal } = this.wanted;
    const place = this.find(".ae-odd-which");
    place.hidden = classes.length < 2;
    place.textContent = which(classes, named(classes, normal), named(classes, this.setting), this);
  }

  async look() {
    this.waits = true;
    this.busy(true);
    this.say(this.word("working", { percent: 0 }));
    const told = await this.looking.look(this.setting, ({ share, why }) => {
      this.say(why || this.word("working", { percent: Math.round(100 * share) }));
    });
    if (told === undefined) return; // it was given up, or the section is gone
    this.waits = false;
    this.busy(false);
    this.say(told.found ? "" : told.why || this.word("nobody"));
    if (told.found) this.show(told.found);
  }

  giveUp() {
    this.waits = false;
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

  close() {
    this.looking.cancel();
  }
}
