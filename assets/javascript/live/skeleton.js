// @ts-check
/**
 * What a stage consists of: always the same elements, which are filled and never replaced.
 *
 * @import { Content, PanelTitle, Status, ViewPlace, Word } from "../types/stage"
 */

const PLACES = ["numbers", "findings", "more", "measured", "notes"];
/** @type {[string, Word][]} */
const SWITCHES = [
  ["log_scale", "logarithmic"],
  ["show_plane", "plane"],
];
const COLUMNS = ["left", "right", "beside"];

export class Skeleton {
  /** @type {Map<string, HTMLElement>} */
  views = new Map();

  /**
   * @param {HTMLElement} root
   * @param {Content} content
   * @param {{ log: (on: boolean) => void, plane: (on: boolean) => void, panel: (name: string) => void }} wishes
   */
  constructor(root, content, wishes) {
    this.root = root;
    this.wishes = wishes;
    root.replaceChildren();
    const sheet = add(root, "div", content.timeline ? "ae-sheet" : "ae-sheet ae-alone");
    this.status = add(sheet, "div", "st-key-status");
    this.status.innerHTML = '<div class="ae-status"><span class="ae-badge"></span><span></span></div>';
    this.heard = add(sheet, "div", "ae-heard"); // not within the status, which says more than has changed
    this.heard.setAttribute("role", "status");
    for (const place of PLACES) add(sheet, "div", `ae-place-${place}`);
    for (const place of COLUMNS) {
      const column = add(sheet, "div", `ae-column ae-${place}`);
      for (const view of content.views) if (view.place === place) this.views.set(view.key, this.view(column, view));
      if (place === "right") add(column, "div", "ae-place-batch");
    }
    this.timeline = content.timeline ? add(sheet, "div", "ae-timeline st-key-timeline") : undefined;
  }

  /**
   * @param {HTMLElement} column
   * @param {ViewPlace} view
   */
  view(column, { key, logarithmic, plane, panel }) {
    const part = add(column, "section", `ae-view st-key-${key}`);
    const head = add(part, "div", "ae-view-head");
    const title = add(head, "span", "ae-heading");
    title.setAttribute("role", "heading");
    title.setAttribute("aria-level", "3");
    if (panel) {
      const choice = add(head, "span", "ae-choice st-key-panel");
      choice.setAttribute("role", "radiogroup");
      choice.addEventListener("click", ({ target }) => {
        if (target instanceof HTMLButtonElement) this.wishes.panel(target.value);
      });
    }
    if (logarithmic) this.toggle(head, "log_scale", false, this.wishes.log);
    if (plane) this.toggle(head, "show_plane", true, this.wishes.plane);
    const frame = add(part, "div", "ae-frame");
    const live = add(frame, "div", "ae-live");
    live.setAttribute("role", "figure"); // not a picture: its tools can be pressed
    live.setAttribute("aria-busy", "true");
    add(frame, "div", "ae-save");
    return live;
  }

  /**
   * @param {HTMLElement} head
   * @param {string} key
   * @param {boolean} on
   * @param {(on: boolean) => void} wish
   */
  toggle(head, key, on, wish) {
    const label = add(head, "label", `ae-switch st-key-${key}`);
    label.innerHTML = '<input type="checkbox" role="switch"><span></span>';
    const box = label.querySelector("input");
    if (!box) return;
    box.checked = on;
    box.addEventListener("change", () => wish(box.checked));
  }

  /**
   * Shows the switch for the plane where there is one.
   *
   * @param {boolean} some
   */
  offerPlane(some) {
    this.root.querySelector(".st-key-show_plane")?.classList.toggle("ae-none", !some);
  }

  /**
   * Writes headings in the reader's language.
   *
   * @param {ViewPlace[]} views
   * @param {Record<Word, string>} words
   * @param {PanelTitle[]} panels
   * @param {string} chosen Name of the panel that is shown.
   */
  name(views, words, panels, chosen) {
    for (const { key, heading, panel } of views) {
      const head = this.views.get(key)?.closest(".ae-view")?.querySelector(".ae-view-head");
      const text = head?.querySelector(".ae-heading");
      const one = panels.find(({ name }) => name === chosen);
      if (text instanceof HTMLElement) {
        set(text, panel ? (panels.length > 1 ? "" : (one?.title ?? "")) : heading);
        text.title = panel ? (one?.help ?? "") : "";
      }
      for (const [switched, word] of SWITCHES) {
        const label = head?.querySelector(`.st-key-${switched} span`);
        if (label) set(label, words[word]);
      }
      const choice = head?.querySelector(".ae-choice");
      if (choice) choose(choice, panels.length > 1 ? panels : [], chosen, heading);
      if (panel) this.views.get(key)?.closest(".ae-view")?.classList.toggle("ae-none", panels.length === 0);
    }
  }

  /**
   * Says where a run stands.
   *
   * @param {Status} status
   * @param {string} beside
   */
  say([tone, word, sentence], beside) {
    const [badge, text] = this.status.querySelectorAll("span");
    if (!badge || !text) return;
    const kind = `ae-badge ae-${tone}`;
    if (badge.className !== kind) badge.className = kind;
    set(badge, word);
    set(text, beside ? `${sentence} ${beside}` : sentence);
    if (text.title !== text.textContent) text.title = text.textContent ?? "";
  }

  /**
   * Has a change read aloud.
   *
   * @param {string} text
   */
  announce(text) {
    set(this.heard, text);
  }

  /**
   * Fills a place with HTML of the app.
   *
   * @param {string} place
   * @param {string} text
   */
  fill(place, text) {
    const found = this.root.querySelector(`.ae-place-${place}`);
    if (!found || written.get(found) === text) return;
    written.set(found, text);
    const scrolled = found.querySelector("ul")?.scrollTop ?? 0;
    found.innerHTML = text;
    const list = found.querySelector("ul");
    if (list) list.scrollTop = scrolled;
  }
}

/** @type {WeakMap<Element, string>} */
const written = new WeakMap();

/**
 * @param {Element} element
 * @param {string} text
 */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} place
 * @param {PanelTitle[]} panels
 * @param {string} chosen
 * @param {string} label
 */
function choose(place, panels, chosen, label) {
  place.setAttribute("aria-label", label);
  const known = JSON.stringify(panels);
  if (written.get(place) !== known) {
    written.set(place, known);
    const buttons = panels.map(({ name, title, help }) => {
      const button = document.createElement("button");
      button.setAttribute("role", "radio");
      return Object.assign(button, { type: "button", value: name, textContent: title, title: help });
    });
    place.replaceChildren(...buttons);
  }
  for (const button of place.querySelectorAll("button")) {
    button.setAttribute("aria-checked", String(button.value === chosen));
  }
}

/**
 * @param {HTMLElement} parent
 * @param {string} tag
 * @param {string} kind
 * @returns {HTMLElement}
 */
function add(parent, tag, kind) {
  const made = document.createElement(tag);
  made.className = kind;
  return parent.appendChild(made);
}
