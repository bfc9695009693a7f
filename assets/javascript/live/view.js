// @ts-check
/**
 * One live view: a Plotly figure that changes in place. `Plotly.react` keeps zoom, pan and hidden traces for as long as
 * the layout's `uirevision` stays the same.
 *
 * @import { Figure, Format } from "../types/figure"
 * @import { Plot, Plotly } from "../types/plotly"
 */
import { browser } from "./device.js";
import { HoverCard } from "./hover_card.js";
import { Glide } from "./glide.js";
import { sameBytes } from "./bytes.js";
import { load } from "./load_plotly.js";
import { SaveButtons, onPaper, picture } from "./save.js";
import { dress, hasTools, pageLook } from "./theme.js";

const RETRY = 2000; // milliseconds until a drawing that failed, as when a script could not be fetched, is tried again

export class View {
  closed = false;
  /** Whether a drawing is under way. */
  drawing = false;
  /** Whether something is to be drawn that is newer than the drawing under way. */
  waiting = false;
  /**
   * The newest figure.
   *
   * @type {Figure | undefined}
   */
  figure;
  /**
   * The message it came with, if Streamlit brought it.
   *
   * @type {Uint8Array | undefined}
   */
  bytes;
  /**
   * The look in which it was drawn, as JSON.
   *
   * @type {string | undefined}
   */
  look;
  /**
   * What Plotly has drawn, once it has.
   *
   * @type {{ plotly: Plotly, plot: Plot } | undefined}
   */
  drawn;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;
  /** @type {SaveButtons | undefined} */
  buttons;
  /**
   * How long the points of a map take to their new places, in milliseconds.
   */
  glideTime = 0;

  /**
   * @param {HTMLElement} root Root element of the view.
   * @param {string} base Address of the app.
   * @param {string} plotly Address of plotly.js.
   */
  constructor(root, base, plotly) {
    this.root = root;
    this.plotly = plotly;
    this.place = root.appendChild(document.createElement("div"));
    this.place.className = "ae-live-plot";
    this.card = new HoverCard(root, base);
    this.glide = new Glide(root);
    const bar = root.parentElement?.querySelector(".ae-save");
    if (bar) this.buttons = new SaveButtons(bar, (format) => this.save(format));
    let frame = 0;
    this.resizing = new ResizeObserver(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.fit());
    });
    this.resizing.observe(root);
  }

  /**
   * Takes what Streamlit brings.
   *
   * @param {Uint8Array | null} bytes
   */
  async receive(bytes) {
    let news = false;
    if (bytes?.length && !sameBytes(bytes, this.bytes)) {
      /** @type {Figure} */
      const figure = JSON.parse(new TextDecoder().decode(bytes));
      this.bytes = bytes;
      this.figure = figure;
      news = true;
    }
    if (this.figure && (news || this.looksDifferent())) await this.draw();
  }

  /**
   * Shows a figure.
   *
   * @param {Figure} figure
   * @param {number} milliseconds How long points take to their new places.
   */
  async show(figure, milliseconds = 0) {
    if (figure === this.figure && !this.looksDifferent()) return;
    this.figure = figure;
    this.glideTime = milliseconds;
    await this.draw();
  }

  /** Whether the page looks different from what it was when the figure was drawn. */
  looksDifferent() {
    return this.root.isConnected && JSON.stringify(pageLook(this.root)) !== this.look;
  }

  /** Draws the newest figure. What arrives meanwhile is drawn after it, and only the last of it. */
  async draw() {
    this.waiting = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.waiting && !this.closed) {
        this.waiting = false;
        const plotly = await load(this.plotly);
        if (this.root.isConnected) await this.drawWith(plotly);
        else this.look = undefined; // it went while plotly.js came; if it comes back, it is drawn then
      }
    } catch (error) {
      if (this.closed) return; // and Plotly with it
      // Streamlit would put its own words in the place of a view that throws; and of a run that has ended no later
      // message comes that would draw it.
      this.retry ??= setTimeout(() => {
        this.retry = undefined;
        this.draw();
      }, RETRY);
      console.error(error);
    } finally {
      this.drawing = false;
    }
  }

  /** @param {Plotly} plotly */
  async drawWith(plotly) {
    const { figure, root } = this;
    if (!figure) return;
    const look = pageLook(root);
    const { data, layout } = dress(figure, look, browser);
    const plot = await plotly.react(this.place, data, layout, {
      displaylogo: false,
      displayModeBar: hasTools(figure, browser) ? "hover" : false,
      modeBarButtons: [["pan2d", "zoom2d", "resetScale2d"]],
    });
    this.look = JSON.stringify(look);
    if (!this.drawn) this.followPointer(plot);
    this.drawn = { plotly, plot };
    if (layout.meta.atlas) this.glide.to(plot, this.glideTime);
    this.card.follow(plot);
    root.dataset.step = String(figure.step);
    root.setAttribute("aria-label", layout.meta.label);
    root.removeAttribute("aria-busy");
    this.buttons?.offer(figure, this.name(figure));
  }

  /** @param {Plot} plot */
  followPointer(plot) {
    plot.on("plotly_hover", ({ points: [point] }) => {
      const atlas = this.figure?.layout.meta.atlas;
      if (atlas) this.card.show(point, atlas, plot);
    });
    plot.on("plotly_unhover", () => this.card.hide());
  }

  /** Fills the element, whose size has changed. */
  fit() {
    if (!this.drawn || this.closed || !this.root.clientWidth) return;
    this.glide.rest();
    if (this.looksDifferent()) this.draw();
    else this.drawn.plotly.Plots.resize(this.place);
  }

  /**
   * Hands the browser the figure as a file.
   *
   * @param {Format} format
   */
  async save(format) {
    const { figure, drawn, root } = this;
    if (this.closed || !figure || !drawn) return;
    await drawn.plotly.downloadImage(onPaper(figure, drawn.plot), picture(figure, format, this.name(figure), root));
  }

  /**
   * What the view shows: `loss` if its element key is `live_loss` and the figure does not say it.
   *
   * @param {Figure} figure
   */
  name(figure) {
    return figure.layout.meta.view ?? this.key()?.replace("live_", "") ?? "figure";
  }

  /** The element key, such as `live_loss`. */
  key() {
    return this.root.closest("[class*=st-key-live_]")?.className.match(/st-key-(live_[\w-]+)/)?.[1];
  }

  close() {
    this.closed = true;
    this.resizing.disconnect();
    this.glide.close();
    this.drawn?.plotly.purge(this.place);
  }
}
