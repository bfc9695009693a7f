// @ts-check
/**
 * The card beside a hovered point of the code map: the point's picture, its class and its number.
 *
 * @import { Atlas } from "../types/figure"
 * @import { Plot } from "../types/plotly"
 * @import { Found } from "./cloud.js"
 */

const LEAST = 72; // pixels that the longer side of an enlarged tile has, about
const GAP = 14; // pixels between a point and its card

export class HoverCard {
  /**
   * The number of the point that is pointed at.
   *
   * @type {number | undefined}
   */
  number;

  /**
   * @param {HTMLElement} root Root element of the view.
   * @param {string} base Address of the app.
   */
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.card = root.appendChild(document.createElement("div"));
    this.card.className = "ae-card";
    this.card.hidden = true;
  }

  /**
   * @param {Found} point
   * @param {Atlas} atlas
   * @param {Plot} plot
   */
  show(point, atlas, plot) {
    if (this.number !== point.number) {
      this.number = point.number;
      const picture = document.createElement("div");
      picture.className = "ae-card-picture";
      if (atlas.url && point.number < atlas.count) Object.assign(picture.style, tile(atlas, point.number, this.base));
      const name = document.createElement("b");
      name.textContent = point.name;
      const number = document.createElement("span");
      number.textContent = `${atlas.word} ${point.number}`;
      this.card.replaceChildren(picture, name, number);
    }
    this.card.hidden = false;
    this.place(point, plot);
  }

  hide() {
    this.number = undefined;
    this.card.hidden = true;
  }

  /**
   * Puts the card beside its point, which moves from one frame to the next.
   *
   * @param {Found | undefined} point
   * @param {Plot} plot
   */
  place(point, plot) {
    if (this.number === undefined) return;
    const { xaxis, yaxis } = plot._fullLayout;
    if (!point || !Number.isFinite(point.x + point.y)) {
      this.hide();
      return;
    }
    const at = { x: xaxis._offset + point.x, y: yaxis._offset + point.y };
    const card = { width: this.card.offsetWidth, height: this.card.offsetHeight };
    const { left, top } = beside(at, card, { width: this.root.clientWidth, height: this.root.clientHeight });
    this.card.style.transform = `translate(${left}px, ${top}px)`;
  }
}

/**
 * The style of an element that shows one tile of an atlas, enlarged by a whole number.
 *
 * @param {Atlas} atlas
 * @param {number} index
 * @param {string} base Address of the app.
 */
export function tile(atlas, index, base) {
  const [height, width] = atlas.tile;
  const scale = Math.max(1, Math.round(LEAST / Math.max(height, width)));
  const [column, row] = [index % atlas.columns, Math.floor(index / atlas.columns)];
  return {
    width: `${width * scale}px`,
    height: `${height * scale}px`,
    backgroundImage: `url("${base}${atlas.url}")`,
    backgroundSize: `${atlas.columns * width * scale}px auto`,
    backgroundPosition: `-${column * width * scale}px -${row * height * scale}px`,
  };
}

/**
 * Where a card stands: to the right of its point, or to the left where there is no room, and always inside the view.
 *
 * @param {{ x: number, y: number }} point
 * @param {{ width: number, height: number }} card
 * @param {{ width: number, height: number }} view
 */
export function beside({ x, y }, card, view) {
  const right = x + GAP;
  const left = right + card.width > view.width ? x - GAP - card.width : right;
  return {
    left: Math.max(0, left),
    top: Math.min(Math.max(0, y - card.height / 2), view.height - card.height),
  };
}
