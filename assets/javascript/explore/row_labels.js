// @ts-check
/**
 * What stands beside small rows of a table: at the left the name of each column, at the right the values of the one that
 * is marked. One marks by pointing at it, by a touch, or with the arrow keys.
 *
 * @import { Shown, Speak } from "../types/explore"
 * @import { Values } from "./values.js"
 */

export const MARK = "ae-mark"; // an event: another one is marked, `detail` says which

export class RowLabels {
  /** @type {Shown[]} */
  shown = [];
  marked = 0;

  /**
   * @param {HTMLElement} place Holds the small ones; it gets a frame around it.
   * @param {Values} values
   * @param {Speak} word
   */
  constructor(place, values, word) {
    this.place = place;
    this.values = values;
    const frame = document.createElement("div");
    frame.className = "ae-labelled";
    frame.style.setProperty("--ae-lines", String(values.told.length));
    const names = values.told.map((column) => values.name(column));
    this.which = frame.appendChild(element("p", "ae-label-which"));
    this.names = frame.appendChild(column("ae-label-names", names));
    place.replaceWith(frame);
    frame.append(place);
    this.told = frame.appendChild(column("ae-label-values", names.map(() => "")));
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", word("labels_help"));
    frame.title = word("labels_help");
    place.addEventListener("pointerover", ({ target }) => this.point(target));
    place.addEventListener("click", ({ target }) => this.point(target));
    place.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by !== undefined) this.tell(this.marked + by);
      else if (event.key === "Enter" || event.key === " ") this.canvas(this.marked)?.click();
      else return;
      event.preventDefault();
    });
  }

  /** @param {number} at */
  canvas(at) {
    return this.place.querySelectorAll("canvas")[at];
  }

  /** @param {EventTarget | null} target */
  point(target) {
    const at = [...this.place.querySelectorAll("canvas")].findIndex((one) => one === target);
    if (at >= 0 && at !== this.marked) this.tell(at);
  }

  /**
   * Marks another one because of something that a person did, and lets others know.
   *
   * @param {number} at
   */
  tell(at) {
    this.mark(at);
    this.place.dispatchEvent(new CustomEvent(MARK, { bubbles: true, detail: this.marked }));
  }

  /** @param {number} at */
  mark(at) {
    this.marked = Math.min(Math.max(at, 0), this.shown.length - 1);
    const one = this.shown[this.marked];
    for (const [place, canvas] of this.place.querySelectorAll("canvas").entries()) {
      canvas.classList.toggle("ae-marked", this.shown.length > 1 && place === this.marked);
    }
    this.which.textContent = one ? (one.name ?? `${this.marked + 1} / ${this.shown.length}`) : "";
    this.values.told.forEach((column, line) => {
      const told = this.told.children[line];
      if (told) told.textContent = one ? this.values.text(one.example[column] ?? NaN, column) : "";
    });
  }

  /** @param {Shown[]} shown */
  show(shown) {
    this.shown = shown;
    this.mark(Math.max(this.marked, 0));
  }
}

/**
 * @param {string} kind
 * @param {string} name
 */
function element(kind, name) {
  const made = document.createElement(kind);
  made.className = name;
  return made;
}

/**
 * Lines one below the other.
 *
 * @param {string} name
 * @param {string[]} lines
 */
function column(name, lines) {
  const made = element("div", name);
  for (const line of lines) {
    const one = made.appendChild(document.createElement("span"));
    one.textContent = one.title = line;
  }
  return made;
}
