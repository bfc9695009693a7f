// @ts-check
/**
 * The part of a page that changes with a run: status, numbers, findings, views and timeline. What it begins with comes
 * with each run of the page's script; everything else is heard from `connection.js`.
 *
 * @import { Figure } from "../types/figure"
 * @import { Content, Frame, Mark, News } from "../types/stage"
 */
import { write as writeAddress } from "./address.js";
import { Arrivals } from "./arrivals.js";
import { Connection } from "./connection.js";
import { logarithmic } from "./curves.js";
import { Film } from "./film.js";
import { FrameSource } from "./frame_source.js";
import { ScriptRuns } from "./script_runs.js";
import { Skeleton } from "./skeleton.js";
import { Speech } from "./speech.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";

const AHEAD = 12; // frames fetched before they are wanted

export class Stage {
  closed = false;
  /** @type {Content | undefined} */
  content;
  /** @type {Skeleton | undefined} */
  skeleton;
  /** @type {Timeline | undefined} */
  timeline;
  /** @type {Connection | undefined} */
  connection;
  /** @type {Map<string, View>} */
  views = new Map();
  film = this.newFilm();
  /**
   * Figures that show all steps at once, by key, and the points that are newer.
   *
   * @type {Map<string, { figure: Figure, tail: Frame["point"][] }>}
   */
  whole = new Map();
  /** Step of the frame that is looked at; undefined for whatever is newest.
   * @type {number | undefined}
   */
  step;
  /**
   * The frame that is shown.
   *
   * @type {Frame | undefined}
   */
  shown;
  /** @type {Mark[]} */
  marks = [];
  panel = "";
  log = false;
  plane = true;
  remark = "";
  /** @type {Speech | undefined} */
  speech;
  runs = new ScriptRuns();
  arrivals = new Arrivals((milliseconds) => this.present(milliseconds));

  /**
   * @param {HTMLElement} root
   * @param {string} base Address of the app.
   * @param {string} plotly Address of plotly.js.
   * @param {(step: number, panel: string) => Promise<Frame | undefined>} [source] Where frames come from, if not from the
   *   app.
   */
  constructor(root, base, plotly, source) {
    this.root = root;
    this.base = base;
    this.plotly = plotly;
    const app = new FrameSource(base, (steps) => this.list(steps));
    this.source = source ?? (async (step, panel) => (this.content ? app.fetch(this.content, step, panel) : undefined));
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.timeline?.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  newFilm() {
    return new Film((step) => this.source(step, this.panel));
  }

  /**
   * Takes what Streamlit brings.
   *
   * @param {Content} content
   */
  take(content) {
    const before = this.content;
    this.content = content;
    this.runs.take(content.token);
    const skeleton = (this.skeleton ??= this.build(content));
    if (before?.of !== content.of) this.begin(content);
    const seen = this.film.steps.length;
    this.film.list(content.steps, content.edition);
    this.tellThinned(seen);
    if (content.shown === null && before?.shown != null && this.step === before.shown) this.step = undefined;
    for (const frame of content.frames) this.learn(frame);
    if (!content.panels.some(({ name }) => name === this.panel)) this.panel = content.panels[0]?.name ?? "";
    skeleton.name(content.views, content.words, content.panels, this.panel);
    this.timeline?.name(content.words, content.moving);
    for (const [place, text] of Object.entries(content.texts)) skeleton.fill(place, text);
    const speech = (this.speech ??= new Speech(skeleton));
    Object.assign(speech, { status: content.status, beside: content.beside, words: content.words });
    speech.refuse(content.said);
    this.listen();
    this.present(0);
    if (before?.of !== content.of && content.playing && !still()) this.timeline?.play();
  }

  /**
   * Says that there are fewer frames than one has seen come, as soon as no more do: of a long run some are kept.
   *
   * @param {number} seen How many there were.
   */
  tellThinned(seen) {
    const { content, film } = this;
    if (!content || content.moving || this.step !== undefined || film.steps.length >= seen) return;
    this.remark = content.words.thinned.replace("{count}", String(film.steps.length)).replace("{seen}", String(seen));
  }

  /** @param {Content} content */
  build(content) {
    const skeleton = new Skeleton(this.root, content, {
      log: (on) => {
        this.log = on;
        this.present(0);
      },
      plane: (on) => {
        this.plane = on;
        this.present(0);
      },
      panel: (name) => this.choosePanel(name),
    });
    if (skeleton.timeline) {
      this.timeline = new Timeline(skeleton.timeline, {
        show: (place, milliseconds) => this.goTo(place, milliseconds),
        head: () => this.toHead(),
        touch: (place) => void this.film.prefetch(place),
      });
    }
    for (const [key, root] of skeleton.views) this.views.set(key, new View(root, this.base, this.plotly));
    return skeleton;
  }

  /**
   * Something else is shown from now on.
   *
   * @param {Content} content
   */
  begin({ shown, playing, steps }) {
    this.timeline?.stop();
    this.film = this.newFilm();
    this.whole.clear();
    this.marks = [];
    this.shown = undefined;
    this.remark = "";
    if (this.speech) this.speech.lost = false;
    this.root.classList.add("ae-empty");
    this.step = shown ?? (playing && !still() ? steps[0] : undefined);
    if (this.timeline) this.timeline.round = playing;
  }

  /**
   * Learns of a frame.
   *
   * @param {Frame} frame
   */
  learn(frame) {
    for (const { key, whole } of this.content?.views ?? []) {
      if (!whole) continue;
      const [figure, known] = [frame.views[key], this.whole.get(key)];
      if (figure) this.whole.set(key, { figure, tail: [] });
      else if (known && frame.step >= this.film.last) known.tail.push(frame.point);
    }
    if (frame.step >= this.film.last) this.marks = frame.marks;
    this.film.add(frame);
  }

  listen() {
    const { content } = this;
    if (!content) return;
    const panel = this.panel ? `&panel=${encodeURIComponent(this.panel)}` : "";
    const address = content.address && content.address + panel;
    if (address === (this.connection?.address ?? "")) return;
    this.runs.forget();
    this.connection?.end();
    this.connection = address
      ? new Connection(this.base, address, {
          hear: (news) => this.hear(news),
          lose: (lost) => this.lose(lost),
          gone: () => this.runs.request("gone"),
          deaf: () => this.runs.ask("deaf", "deaf"),
        })
      : undefined;
  }

  /** @param {News} news */
  hear({ token, status, frame, steps, at }) {
    // What a run of the script has brought may have overtaken messages on their way: they would take the page back.
    if (this.closed || !this.content || (at && at < this.content.at)) return;
    if (status && this.speech) this.speech.status = status;
    if (frame) {
      this.learn(frame);
      this.film.fill(steps ?? []);
      this.arrivals.present();
    } else if (status) this.speech?.speak();
    if (token !== undefined) this.runs.hear(token);
  }

  /** @param {boolean} lost */
  lose(lost) {
    if (!lost && this.speech?.lost) this.arrivals.pause();
    this.speech?.lose(lost);
  }

  /**
   * Shows the frame that is looked at.
   *
   * @param {number} milliseconds How long points take to their new places.
   */
  present(milliseconds) {
    this.speech?.speak();
    const step = this.step ?? this.film.last;
    const frame = this.film.frames.get(step);
    if (frame) this.show(frame, milliseconds);
    else if (this.film.steps.length) this.look(step, milliseconds);
    this.tell();
  }

  /**
   * Fetches a frame and shows it, unless another one is wanted by then.
   *
   * @param {number} step
   * @param {number} milliseconds
   */
  async look(step, milliseconds) {
    const { film, content } = this;
    const near = film.steps.includes(step) ? step : film.nearest(step);
    const frame = await film.get(near).catch(() => undefined);
    if (film !== this.film || step !== (this.step ?? film.last)) return;
    if (!frame) {
      if (film.steps.length && film.nearest(step) !== near) await this.look(step, milliseconds);
      return;
    }
    if (near !== step && this.step !== undefined) {
      const number = (/** @type {number} */ one) => one.toLocaleString(document.documentElement.lang || undefined);
      this.remark = content?.words.gone.replace("{step}", number(step)).replace("{shown}", number(near)) ?? "";
      this.step = near;
    }
    await this.show(frame, milliseconds);
    this.tell();
  }

  /**
   * @param {number} place Index of a frame.
   * @param {number} milliseconds
   */
  async goTo(place, milliseconds) {
    const step = this.film.steps[place];
    if (step === undefined) return;
    this.step = step;
    this.remark = "";
    this.tell();
    if (!this.content?.playing) writeAddress(step);
    const frame = this.film.frames.get(step);
    await (frame ? this.show(frame, milliseconds) : this.look(step, milliseconds));
    this.film.prefetch(place, AHEAD); // after the one that is wanted now
  }

  toHead() {
    this.step = undefined;
    this.remark = "";
    writeAddress(undefined);
    this.present(0);
  }

  /**
   * @param {Frame} frame
   * @param {number} milliseconds
   */
  async show(frame, milliseconds) {
    this.shown = frame;
    this.root.classList.remove("ae-empty");
    this.root.classList.toggle("ae-past", this.step !== undefined && frame.step < this.film.last);
    for (const [place, text] of Object.entries(frame.texts)) this.skeleton?.fill(place, text);
    const glide = still() ? 0 : milliseconds;
    const drawings = [];
    for (const { key, whole, panel, plane } of this.content?.views ?? []) {
      const view = this.views.get(key);
      const all = this.whole.get(key);
      if (whole && view && all) {
        const cursor = this.step === undefined ? undefined : frame.epoch;
        const figure = this.log ? logarithmic(all.figure) : all.figure;
        drawings.push(view.showWhole(figure, frame.step, { tail: all.tail, cursor }, frame.sentences[key]));
      }
      let figure = whole ? undefined : frame.views[key];
      if (!view || !figure) continue;
      if (panel && figure.layout.meta.view !== this.panel) {
        this.fetchPanel(frame);
        continue;
      }
      if (plane) {
        this.skeleton?.offerPlane((figure.layout.images ?? []).length > 0);
        if (!this.plane) figure = withoutPlane(figure);
      }
      drawings.push(view.show(figure, glide, frame.slow));
    }
    await Promise.all(drawings);
  }

  /** Says where on the timeline that is. */
  tell() {
    const { timeline, film } = this;
    timeline?.tell(film.steps, this.step ?? film.last, this.step === undefined, this.remark);
    timeline?.mark(film.steps, this.marks);
  }

  /** @param {string} name */
  choosePanel(name) {
    const { content } = this;
    if (!content || name === this.panel) return;
    this.panel = name;
    this.skeleton?.name(content.views, content.words, content.panels, name);
    const newest = this.film.frames.get(this.film.last);
    this.film.renew();
    if (newest) this.film.keep(newest); // it may not be kept yet where frames are fetched
    this.listen();
    if (this.shown) this.fetchPanel(this.shown);
  }

  /**
   * Fetches a frame anew because another panel of it is wanted.
   *
   * @param {Frame} frame
   */
  async fetchPanel(frame) {
    const { film, panel } = this;
    const fresh = await this.source(frame.step, panel).catch(() => undefined);
    if (!fresh || film !== this.film || panel !== this.panel || this.shown?.step !== frame.step) return;
    film.keep(fresh);
    for (const { key, panel: shows } of this.content?.views ?? []) {
      const figure = fresh.views[key];
      if (shows && figure && figure.layout.meta.view === panel) await this.views.get(key)?.show(figure);
    }
  }

  /**
   * Learns which frames are still kept.
   *
   * @param {number[]} steps
   */
  list(steps) {
    this.film.list(steps);
    this.tell();
  }

  close() {
    if (this.closed) return;
    this.closed = true;
    document.removeEventListener("keydown", this.onKey);
    this.speech?.close();
    this.runs.forget();
    this.arrivals.end();
    this.connection?.end();
    this.timeline?.close();
    for (const view of this.views.values()) view.close();
  }
}

/** @type {WeakMap<Figure, Figure>} */
const bare = new WeakMap();

/**
 * A map without what lies behind its points.
 *
 * @param {Figure} figure
 * @returns {Figure} The same one each time.
 */
function withoutPlane(figure) {
  const made = bare.get(figure) ?? { ...figure, layout: { ...figure.layout, images: [] } };
  bare.set(figure, made);
  return made;
}

/** Whether the reader wants nothing to move. */
function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
