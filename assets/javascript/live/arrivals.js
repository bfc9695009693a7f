// @ts-check
/**
 * When frames that come are shown: the newest, once all that has come is learnt. Where it takes longer to draw one than to
 * hear of the next, some are never drawn, and points do not glide.
 */

const SLOWEST = 500; // milliseconds that points glide at most

export class Arrivals {
  /** When a frame was last shown; 0 if nothing came before it. */
  shown = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  soon;

  /** @param {(milliseconds: number) => void} show Shows what is newest, told how long points glide. */
  constructor(show) {
    this.show = show;
  }

  /** A frame has come, and is learnt. */
  present() {
    const behind = this.soon !== undefined;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      this.soon = undefined;
      const now = performance.now();
      const since = this.shown && !behind ? now - this.shown : 0;
      this.shown = now;
      this.show(Math.min(since, SLOWEST));
    }, 0);
  }

  /** Nothing has come for long: points do not glide to the next frame. */
  pause() {
    this.shown = 0;
  }

  end() {
    clearTimeout(this.soon);
  }
}
