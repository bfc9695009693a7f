// @ts-check
/**
 * One live view: a Plotly figure that changes in place. `Plotly.react` keeps zoom, pan and hidden traces for as long as
 * the layout's `uirevision` stays the same.
 *
 * @import { Figure, Format } from "../types/figure"
 * @import { Plot, Plotly } from "../types/plotly"
 * @import { Above } from "./curves.js"
 * @import { Look } from "./theme.js"
 */
import { drawAbove } from "./curves.js";
import { ChartTools } from "./chart_tools.js";
import { browser } from "./device.js";
import { HoverCard } from "./hover_card.js";
import { Cloud, groupsOf, hollow } from "./cloud.js";
import { sameBytes } from "./bytes.js";
import { load } from "./load_plotly.js";
import { showQuickly } from "./quick.js";
import { SaveButtons, onPaper, picture } from "./save.js";
import { dress, hasTools, pageLook } from "./theme.js";

const SETTLE = 400; // milliseconds after the last of many frames until Plotly draws it
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
   * @type {{ plotly: Plotly, plot: Plot, figure: Figure, look: Look } | undefined}
   */
  drawn;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry;
  /** @type {SaveButtons | undefined} */
  buttons;
  /** How the points of a map go to their new places. */
  moving = { milliseconds: 0, trails: false };
  /** @type {Above & { step: number, sentence: string | undefined } | undefined} */
  above;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  settling;

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
    this.cloud = new Cloud(root);
    this.tools = new ChartTools(root);
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
   * Shows a frame: quickly, if there was another one just before, and with all that Plotly does once it stays.
   *
   * @param {Figure} figure
   * @param {number} milliseconds How long points take to their new places.
   * @param {boolean} trails Whether a line shows how far each has moved.
   */
  async show(figure, milliseconds = 0, trails = false) {
    const different = this.looksDifferent(); // as when the theme is changed, whose colours only Plotly writes
    if (figure === this.figure && !different) return;
    this.figure = figure;
    const { drawn, root } = this;
    this.moving = { milliseconds, trails };
    const able = drawn !== undefined && !different && !this.drawing && root.clientWidth > 0;
    if (able && showQuickly(root, drawn.figure, figure)) {
      this.movePoints();
      this.tell(figure);
      this.settle();
    } else await this.draw();
  }

  /** Lets the points of a map go to where they are now. */
  movePoints() {
    const { figure, drawn, moving } = this;
    if (!figure?.layout.meta.atlas || !drawn) return;
    this.cloud.to(drawn.plot, groupsOf(figure, drawn.plot, drawn.look.type), moving.milliseconds, moving.trails);
    this.moving = { ...moving, milliseconds: 0 };
    if (this.card.number !== undefined) this.card.place(this.cloud.where(this.card.number), drawn.plot);
  }

  /**
   * Shows a figure of all steps, and above it what is newer and which frame is looked at.
   *
   * @param {Figure} figure
   * @param {number} step Step of the frame.
   * @param {Above} above
   * @param {string} [sentence] What is said of that frame to whoever cannot see it, if not what is said of the figure.
   */
  async showWhole(figure, step, above, sentence) {
    this.above = { ...above, step, sentence };
    if (figure !== this.figure || this.looksDifferent()) {
      this.figure = figure;
      await this.draw();
    } else this.drawAbove();
  }

  drawAbove() {
    const { above, drawn, root } = this;
    if (!above || !drawn || this.closed || !root.clientWidth) return;
    drawAbove(root, drawn.plot, drawn.figure, above, drawn.look.text);
    root.dataset.step = String(above.step);
    root.setAttribute("aria-label", above.sentence ?? drawn.figure.layout.meta.label);
  }

  /** Has Plotly draw the figure once no other one follows. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.draw(), SETTLE);
  }

  /** Whether the page looks different from what it was when the figure was drawn. */
  looksDifferent() {
    return this.root.isConnected && JSON.stringify(pageLook(this.root)) !== this.look;
  }

  /** Draws the newest figure. What arrives meanwhile is drawn after it, and only the last of it. */
  async draw() {
    clearTimeout(this.settling);
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
    this.tools.keep({ data, layout });
    const shown = layout.meta.atlas ? hollow(data, layout) : data;
    const plot = await plotly.react(this.place, shown, layout, {
      displaylogo: false,
      displayModeBar: hasTools(figure, browser) ? "hover" : false,
      modeBarButtons: [["pan2d", "zoom2d", "resetScale2d"]],
    });
    this.look = JSON.stringify(look);
    if (!this.drawn) this.followPointer(plot);
    this.drawn = { plotly, plot, figure, look };
    this.movePoints();
    this.tell(figure);
    this.drawAbove();
    for (const drawing of root.querySelectorAll(".main-svg")) drawing.setAttribute("aria-hidden", "true"); // see `tell`
    root.removeAttribute("aria-busy");
    this.tools.offer(plotly, plot, figure);
    this.buttons?.offer(figure, this.name(figure));
  }

  /** @param {Figure} figure What is shown. */
  tell({ step, layout }) {
    this.root.dataset.step = String(step);
    this.root.setAttribute("aria-label", layout.meta.label);
  }

  /** @param {Plot} plot */
  followPointer(plot) {
    this.root.addEventListener("pointermove", ({ clientX, clientY, buttons }) => {
      const atlas = this.figure?.layout.meta.atlas;
      if (!atlas) return;
      const { left, top } = this.root.getBoundingClientRect();
      const { xaxis, yaxis } = plot._fullLayout;
      const found = buttons ? undefined : this.cloud.at(clientX - left - xaxis._offset, clientY - top - yaxis._offset);
      if (found) this.card.show(found, atlas, plot);
      else this.card.hide();
    });
    this.root.addEventListener("pointerleave", () => this.card.hide());
    // A person zooms, or takes a curve away: what lies above follows.
    for (const event of /** @type {const} */ (["plotly_relayouting", "plotly_relayout", "plotly_restyle"])) {
      plot.on(event, () => this.followZoom());
    }
  }

  followZoom() {
    this.movePoints();
    this.drawAbove();
  }

  /** Fills the element, whose size has changed. */
  fit() {
    if (!this.drawn || this.closed || !this.root.clientWidth) return;
    if (this.looksDifferent()) this.draw();
    else {
      this.drawn.plotly.Plots.resize(this.place);
      this.followZoom();
    }
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
    clearTimeout(this.settling);
    this.resizing.disconnect();
    this.cloud.close();
    this.drawn?.plotly.purge(this.place);
  }
}
