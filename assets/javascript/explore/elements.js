// @ts-check
/**
 * The elements of a part of the page, found by name; what is missing is an error, not silence.
 */

export class Elements {
  /**
   * @param {HTMLElement} root
   * @param {Record<string, string>} words In the reader's language.
   */
  constructor(root, words) {
    this.root = root;
    this.words = words;
  }

  /** Puts words into the elements that name one: as text, or as a label. */
  speak() {
    for (const place of this.root.querySelectorAll("[data-word]")) {
      place.textContent = this.word(place.getAttribute("data-word") ?? "");
    }
    for (const place of this.root.querySelectorAll("[data-title]")) {
      const word = this.word(place.getAttribute("data-title") ?? "");
      place.setAttribute("aria-label", word);
      place.setAttribute("title", word);
    }
  }

  /**
   * A sentence, with values in the places that it leaves for them.
   *
   * @param {string} name
   * @param {Record<string, string | number>} [values]
   */
  word(name, values = {}) {
    const sentence = this.words[name] ?? "";
    return sentence.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
  }

  /**
   * @param {string} selector
   * @returns {HTMLElement}
   */
  find(selector) {
    const found = this.root.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}.`);
    return found;
  }

  /** @param {string} selector */
  canvas(selector) {
    const found = this.find(selector);
    if (!(found instanceof HTMLCanvasElement)) throw new Error(`There is no canvas ${selector}.`);
    return found;
  }

  /** @param {string} name */
  field(name) {
    const found = this.find(`input[name=${name}]`);
    if (!(found instanceof HTMLInputElement)) throw new Error(`There is no field ${name}.`);
    return found;
  }

  /** @param {string} name */
  select(name) {
    const found = this.find(`select[name=${name}]`);
    if (!(found instanceof HTMLSelectElement)) throw new Error(`There is no choice ${name}.`);
    return found;
  }

  /**
   * @param {string} name
   * @param {(button: HTMLElement) => void} action
   */
  press(name, action) {
    const button = this.find(`button[name=${name}]`);
    button.addEventListener("click", () => action(button));
  }

  /**
   * Buttons of which one is pressed at a time.
   *
   * @param {string} name They have the same.
   * @param {(value: string) => void} action
   */
  choose(name, action) {
    const buttons = [...this.root.querySelectorAll(`button[name=${name}]`)];
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        action(button.getAttribute("value") ?? "");
      });
    }
  }

  /**
   * @param {string} name
   * @param {(value: number, began: number) => void} action
   */
  slide(name, action) {
    const field = this.field(name);
    field.addEventListener("input", (event) => action(Number(field.value), event.timeStamp));
  }
}
