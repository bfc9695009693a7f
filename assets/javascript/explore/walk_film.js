// @ts-check
/**
 * The way between two codes as a film: the page goes along it, each place of the way is drawn, and the server, which alone
 * can write such files, makes one picture of all.
 *
 * @import { Explorer } from "./explorer.js"
 */
import { PAPER } from "../live/theme.js";
import { drawn, svg } from "./save.js";

const WIDTHS = /** @type {const} */ ([420, 300]); // pixels of the plane, and of what is decoded
const TALLEST = 480; // pixels of a frame

export class WalkFilm {
  busy = false;

  /**
   * @param {Explorer} explorer
   * @param {(address: string, how: RequestInit) => Promise<Response>} [ask]
   */
  constructor(explorer, ask = (where, how) => fetch(where, how)) {
    this.explorer = explorer;
    this.ask = ask;
  }

  /** Whether there is a server that makes films. */
  static get offered() {
    return location.protocol.startsWith("http");
  }

  /**
   * The film; undefined where none could be made.
   *
   * @param {Float32Array[]} codes Places of the way.
   * @param {string} kind `webp` or `gif`.
   * @param {(share: number) => void} tell Told how far it is.
   * @returns {Promise<Blob | undefined>}
   */
  async make(codes, kind, tell) {
    if (this.busy) return undefined;
    this.busy = true;
    const { looked } = this.explorer;
    try {
      const sheet = await this.sheet(codes, tell);
      const answer = await this.ask(`${this.explorer.base}walk/${kind}/${codes.length}`, { method: "POST", body: sheet });
      return answer.ok ? await answer.blob() : undefined;
    } catch (error) {
      console.warn(error);
      return undefined;
    } finally {
      this.busy = false;
      this.explorer.tell(looked);
    }
  }

  /**
   * All frames, one below the other.
   *
   * @param {Float32Array[]} codes
   * @param {(share: number) => void} tell
   * @returns {Promise<Blob>}
   */
  async sheet(codes, tell) {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("There is no canvas.");
    let height = 0;
    for (const [place, code] of codes.entries()) {
      const images = await this.frame(code);
      const heights = images.map((image, at) => (image.height / image.width) * (WIDTHS[at] ?? 0));
      if (!height) {
        height = Math.min(TALLEST, Math.ceil(Math.max(...heights))); // that of the first one: nothing jumps
        Object.assign(canvas, { width: WIDTHS[0] + WIDTHS[1], height: codes.length * height });
        pen.fillStyle = PAPER.background;
        pen.fillRect(0, 0, canvas.width, canvas.height);
      }
      images.forEach((image, at) => {
        const scale = Math.min(1, height / (heights[at] || 1));
        pen.drawImage(image, at ? WIDTHS[0] : 0, place * height, scale * (WIDTHS[at] ?? 0), scale * (heights[at] ?? 0));
      });
      tell((place + 1) / codes.length);
    }
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("No picture could be made."))));
    });
  }

  /**
   * Plane and decoded example at a place of the way, dark on white.
   *
   * @param {Float32Array} code
   */
  async frame(code) {
    const { explorer } = this;
    explorer.tell({ code, began: performance.now() });
    for (const network = explorer.model?.network; network && !network.settled && !explorer.closed; ) await network.settle();
    const roots = [".st-key-plane", ".st-key-decoded"].map((selector) => explorer.elements.find(selector));
    const parts = explorer.parts.filter(({ root }) => roots.some((one) => root.contains(one)));
    for (const { root } of parts) root.style.color = PAPER.text;
    for (const part of parts) part.draw();
    const drawings = roots.map((root) => svg(root));
    for (const { root } of parts) root.style.color = "";
    for (const part of parts) part.draw();
    return Promise.all(drawings.map(drawn));
  }
}
