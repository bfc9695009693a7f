// @ts-check
/**
 * What one does on the plane with pointer, wheel and keys: looks at a place, comes nearer, moves it, encloses examples.
 *
 * @import { Place } from "../types/explore"
 * @import { Explorer } from "./explorer.js"
 * @import { Layout } from "./layout.js"
 * @import { Plane } from "./plane.js"
 */
import { around, rectangle } from "./fence.js";

const REACH = 6; // pixels within which a point is hit
const STEP = 1 / 60; // of what is looked at, for one press of a key
const LARGE = 5; // times as far with the shift key
const ZOOM = 1.5;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PlaneGestures {
  /** What the pointer does: `decode`, `rectangle`, `lasso` or `move`. */
  tool = "decode";
  /** @type {Place | undefined} */
  began;

  /**
   * @param {HTMLCanvasElement} surface
   * @param {Plane} plane
   * @param {Explorer} explorer
   */
  constructor(surface, plane, explorer) {
    this.surface = surface;
    this.plane = plane;
    this.explorer = explorer;
    surface.addEventListener("pointerdown", (event) => {
      surface.setPointerCapture(event.pointerId);
      surface.focus({ preventScroll: true });
      this.began = at(event);
      plane.fence = [];
      if (this.tool === "decode") this.decode(event, true);
    });
    surface.addEventListener("pointermove", (event) => {
      if (!event.buttons || !this.began) return;
      if (this.tool === "decode") this.decode(event, false);
      else if (this.tool === "move") this.drag(at(event), this.began);
      else this.enclose(at(event), this.began);
    });
    surface.addEventListener("pointerup", () => this.tool !== "decode" && this.tool !== "move" && this.take());
    for (const end of ["pointerup", "pointercancel"]) surface.addEventListener(end, () => (this.began = undefined));
    surface.addEventListener("keydown", (event) => this.key(event));
    surface.addEventListener("wheel", (event) => {
      // A page that is scrolled past the plane must not stop there.
      if (document.activeElement !== surface && !event.ctrlKey) return;
      event.preventDefault();
      plane.zoom(event.deltaY < 0 ? ZOOM : 1 / ZOOM, plane.viewport.placeAt(at(event)));
    });
  }

  /** @param {string} tool */
  turnTo(tool) {
    this.tool = tool;
    this.surface.dataset["tool"] = tool;
  }

  /** Comes nearer to what is looked at, or to the middle. */
  nearer() {
    this.plane.zoom(ZOOM, this.middle);
  }

  farther() {
    this.plane.zoom(1 / ZOOM, this.middle);
  }

  get middle() {
    const { clientWidth, clientHeight } = this.surface;
    return this.plane.marked ?? this.plane.viewport.placeAt({ x: clientWidth / 2, y: clientHeight / 2 });
  }

  /** Looks at the whole plane. */
  whole() {
    this.plane.look(this.plane.viewport.whole);
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} fresh Whether the pointer has just come down, and may hit a point.
   */
  decode(event, fresh) {
    const { plane, explorer } = this;
    const pixel = at(event);
    const { layout } = plane;
    const point = fresh || layout ? plane.pointAt(pixel, layout ? Infinity : REACH) : undefined;
    if (point !== undefined) {
      if (fresh) explorer.pick(point, event.timeStamp);
      else explorer.look(point, event.timeStamp);
      return;
    }
    const { x, y } = plane.viewport.placeAt(pixel);
    explorer.show({ code: plane.cut.codeAt(x, y), began: event.timeStamp });
  }

  /**
   * @param {Place} to
   * @param {Place} from
   */
  drag(to, from) {
    const { viewport } = this.plane;
    const [one, other] = [viewport.placeAt(from), viewport.placeAt(to)];
    this.plane.move(one.x - other.x, one.y - other.y);
    this.began = to;
  }

  /**
   * @param {Place} to
   * @param {Place} from
   */
  enclose(to, from) {
    this.plane.fence = this.tool === "rectangle" ? rectangle(from, to) : [...this.plane.fence, to];
    this.plane.drawOver();
  }

  /** Chooses what the line goes around; a line around nothing takes the choice back. */
  take() {
    const { plane } = this;
    const { fence } = plane;
    const places = Array.from({ length: plane.model.codes.count }, (_, place) => place);
    plane.fence = [];
    this.explorer.choose(places.filter((place) => around(fence, plane.pixelOfPoint(place))));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { plane, explorer } = this;
    const arrow = ARROWS[event.key];
    if (event.key === "+") this.nearer();
    else if (event.key === "-") this.farther();
    else if (event.key === "0") this.whole();
    else if (event.key === "Escape") explorer.choose([]);
    else if (event.key === "Enter") this.pickNearest(event.timeStamp);
    else if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (arrow && plane.layout) this.goTo(plane.layout, arrow, event.timeStamp);
    else if (arrow) this.step(arrow, event.shiftKey, event.timeStamp);
  }

  /**
   * Goes to the example that is nearest to what is looked at.
   *
   * @param {number} began
   */
  pickNearest(began) {
    const { code, place } = this.explorer.looked;
    const nearest = place ?? this.plane.model.codes.nearest(code, 1)[0]?.place;
    if (nearest !== undefined) this.explorer.pick(nearest, began);
  }

  /**
   * Moves the code along an axis of the plane.
   *
   * @param {[number, number]} way To the right, and up.
   * @param {boolean} large
   * @param {number} began
   */
  step([right, up], large, began) {
    const { plane, explorer } = this;
    const [from = 0, to = 1, bottom = 0, top = 1] = plane.viewport.ends;
    const far = STEP * (large ? LARGE : 1);
    const [byX, byY] = [far * (to - from) * right, far * (top - bottom) * up];
    const axis = right ? plane.cut.across : plane.cut.up;
    const { code } = explorer.looked;
    explorer.show({ code: axis.moved(code, axis.value(code) + byX + byY), began });
    if (!plane.viewport.holds(plane.cut.placeOf(explorer.looked.code))) plane.move(byX, byY);
  }

  /**
   * Goes to the next example of a layout.
   *
   * @param {Layout} layout
   * @param {[number, number]} way To the right, and up.
   * @param {number} began
   */
  goTo(layout, way, began) {
    const { plane, explorer } = this;
    const { code, place = plane.model.codes.nearest(code, 1)[0]?.place ?? 0 } = explorer.looked;
    const before = layout.at(place);
    const next = layout.towards(place, way);
    explorer.look(next, began);
    const now = layout.at(next);
    if (!plane.viewport.holds(now)) plane.move(now.x - before.x, now.y - before.y);
  }
}

/** @param {MouseEvent} event */
function at({ offsetX, offsetY }) {
  return { x: offsetX, y: offsetY };
}
