// @ts-check
/**
 * The card beside a hovered point of the code map: the point's picture, its class and its number.
 *
 * @import { Atlas } from "../types/figure"
 * @import { Plot, Point } from "../types/plotly"
 */

const LEAST = 72; // pixels that the longer side of an enlarged tile has, about
const GAP = 14; // pixels between a point and its card

export class HoverCard {
  /** @type {Point | undefined} */
  point;

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
   * @param {Point} point
   * @param {Atlas} atlas
   * @param {Plot} plot
   */
  show(point, atlas, plot) {
    this.point = point;
    const index = Number(point.customdata);
    const picture = document.createElement("div");
    picture.className = "ae-card-picture";
    if (atlas.url && index < atlas.count) Object.assign(picture.style, tile(atlas, index, this.base));
    const name = document.createElement("b");
    name.textContent = point.data.name ?? "";
    const number = document.createElement("span");
    number.textContent = `${atlas.word} ${index}`;
    this.card.replaceChildren(picture, name, number);
    this.card.hidden = false;
    this.follow(plot);
  }

  hide() {
    this.card.hidden = true;
  }

  /**
   * Keeps the card beside its point, which moves from one snapshot to the next.
   *
   * @param {Plot} plot
   */
  follow(plot) {
    if (this.card.hidden || !this.point) return;
    const { xaxis, yaxis } = plot._fullLayout;
    const trace = plot._fullData[this.point.curveNumber];
    const x = xaxis._offset + xaxis.l2p(trace?.x[this.point.pointNumber]);
    const y = yaxis._offset + yaxis.l2p(trace?.y[this.point.pointNumber]);
    if (!Number.isFinite(x + y)) {
      this.hide();
      return;
    }
    const card = { width: this.card.offsetWidth, height: this.card.offsetHeight };
    const { left, top } = beside({ x, y }, card, { width: this.root.clientWidth, height: this.root.clientHeight });
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
