// One live view: a Plotly figure that changes in place. pages/ui/live.py mounts it.
//
// Streamlit calls the default export on every message and on every change of theme, each time with the same
// parent element. Element and figure stay; `Plotly.react` keeps zoom, pan and hidden traces (layout.uirevision).

const AGAIN = 2000; // milliseconds until a drawing that failed, as when a script could not be fetched, is tried again
const SMALL = 480; // pixels of width below which a view arranges itself for a phone

// Widgets first: to read plotly.js keeps a slow machine busy for a second, in which no button would appear. They come
// in several files, so the first quiet moment may be one between two of them. It is fetched meanwhile.
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const idle = () => new Promise((resolve) => window.requestIdleCallback?.(resolve, { timeout: 400 }) ?? resolve());
const quiet = () => idle().then(() => pause(150)).then(idle);

let plotly; // one download for all views of the page
function load(base, address) {
  if (!plotly) document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: base + address }));
  plotly ??= quiet().then(() => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = base + address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = undefined; // the next message tries again
      reject(new Error(`${script.src} could not be loaded.`));
    };
    document.head.append(script);
  }));
  return plotly;
}

const webgl = (() => {
  let known;
  return () => (known ??= Boolean(document.createElement("canvas").getContext("webgl")));
})();

function same(one, other) {
  return one === other || (one?.length === other?.length && one.every((byte, place) => byte === other[place]));
}

/** Colours and font of the page as it looks now: light or dark, whatever the host chose. */
function lookOf(root) {
  const style = getComputedStyle(root);
  const [red, green, blue] = style.color.match(/[\d.]+/g);
  return {
    text: style.color,
    line: `rgba(${red},${green},${blue},0.13)`,
    background: style.getPropertyValue("--st-background-color").trim() || "#fff",
    font: style.fontFamily,
    small: root.clientWidth < SMALL,
  };
}

const axes = (layout) => Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));

function tools(layout) {
  return !layout.meta.plain && !matchMedia("(pointer: coarse)").matches;
}

/** How a saved picture looks: dark on white in both themes, for slides and papers, in a font that every machine has. */
const PAPER = { text: "#1f2933", line: "rgba(31,41,51,0.13)", background: "#ffffff", font: "Arial, Helvetica, sans-serif" };
const PAPER_WIDTH = 900; // pixels; a PNG has twice as many

/** The figure in the page's colours. A copy: Plotly writes into what it is given. */
function dress(figure, look) {
  const layout = structuredClone(figure.layout);
  layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
  layout.font = { color: look.text, family: look.font, size: look.small ? 10.5 : 12 };
  layout.hoverlabel = { bgcolor: look.background, bordercolor: look.line, font: { color: look.text, family: look.font } };
  layout.modebar = { bgcolor: "transparent", color: look.line.replace("0.13", "0.5"), activecolor: look.text };
  for (const axis of axes(layout).map((name) => layout[name])) {
    Object.assign(axis, { gridcolor: look.line, linecolor: look.line, zerolinecolor: look.line });
    if (axis.title) Object.assign(axis.title, { standoff: look.small ? 4 : 8, font: { size: layout.font.size } });
  }
  if (look.small && layout.meta.atlas && layout.showlegend) {
    layout.legend = { ...layout.legend, orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
  }
  // A finger that moves over a chart scrolls the page.
  if (!tools(layout)) layout.dragmode = false;
  const data = figure.data.map((trace) => ({
    ...trace,
    type: trace.type === "scattergl" && !webgl() ? "scatter" : trace.type,
  }));
  return [data, layout];
}

class View {
  constructor(root, base, address) {
    this.root = root;
    this.base = base;
    this.address = address; // of plotly.js
    this.plot = root.appendChild(document.createElement("div"));
    this.plot.className = "ae-live-plot";
    this.card = root.appendChild(document.createElement("div"));
    this.card.className = "ae-card";
    this.card.hidden = true;
    this.saving = root.parentElement.querySelector(".ae-save");
    this.saving?.addEventListener("click", ({ target }) => target.value && !this.closed && this.save(target.value));
    this.resizing = new ResizeObserver(() => {
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.fit());
    });
    this.resizing.observe(root);
  }

  async receive(bytes) {
    let news = false;
    if (bytes?.length && !same(bytes, this.bytes)) {
      const figure = JSON.parse(new TextDecoder().decode(bytes));
      this.bytes = bytes;
      // What was heard of the same thing meanwhile is newer than what the page was drawn with.
      news = !(figure.of && figure.of === this.figure?.of && figure.at < this.figure.at);
      if (news) this.figure = figure;
    }
    if (this.figure && (news || this.changed())) await this.draw();
  }

  /** A later picture of what is shown already. */
  hear(figure) {
    if (figure?.of !== this.figure?.of || !(figure.at > this.figure.at)) return;
    this.figure = figure;
    this.draw();
  }

  changed() {
    return this.root.isConnected && JSON.stringify(lookOf(this.root)) !== this.look;
  }

  /** Draws the newest figure; what arrives meanwhile is drawn after it, and only the last of it. */
  async draw() {
    this.waiting = true;
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.waiting && !this.closed) {
        this.waiting = false;
        const Plotly = await load(this.base, this.address);
        const { figure, root } = this;
        if (!root.isConnected) { // it went while Plotly came; if it comes back, it is drawn then
          this.look = undefined;
          continue;
        }
        const look = lookOf(root);
        const [data, layout] = dress(figure, look);
        await Plotly.react(this.plot, data, layout, {
          displaylogo: false,
          displayModeBar: tools(layout) ? "hover" : false,
          modeBarButtons: [["pan2d", "zoom2d", "resetScale2d"]],
        });
        this.look = JSON.stringify(look);
        if (!this.listening) this.listen();
        this.moveCard();
        root.dataset.step = figure.step;
        root.setAttribute("aria-label", layout.meta.label);
        root.removeAttribute("aria-busy");
        this.offer();
      }
    } catch (error) {
      if (this.closed) return; // and Plotly with it
      // Streamlit would put its own words in the place of a view that throws; and of a run that has ended no later
      // message comes that would draw it.
      this.again ??= setTimeout(() => {
        this.again = undefined;
        this.draw();
      }, AGAIN);
      console.error(error);
    } finally {
      this.drawing = false;
    }
  }

  /** Two buttons above the view, outside it: an element that is one image for a screen reader has no buttons in it. */
  offer() {
    const { words } = this.figure;
    if (!this.saving || !words) return;
    for (const kind of ["png", "svg"]) {
      const known = this.saving.querySelector(`[value=${kind}]`);
      const button = known ?? this.saving.appendChild(document.createElement("button"));
      if (!known) Object.assign(button, { type: "button", value: kind, textContent: kind.toUpperCase() });
      button.title = words[kind];
      button.setAttribute("aria-label", `${words[kind]}: ${this.name()}`);
    }
  }

  /** What the view shows: `loss` for the element key `live_loss`, where the figure does not say it. */
  name() {
    return this.figure.layout.meta.view ?? this.key() ?? "figure";
  }

  /** The element key, without `live_`. */
  key() {
    return this.root.closest("[class*=st-key-live_]")?.className.match(/st-key-live_([\w-]+)/)?.[1];
  }

  /** Hands the browser the figure as a file: what is seen now, with zoom and hidden curves, on white. */
  async save(kind) {
    const { figure, plot, root } = this;
    const [data, layout] = dress(figure, PAPER);
    layout.paper_bgcolor = layout.plot_bgcolor = PAPER.background;
    for (const name of axes(layout)) {
      const { range, autorange } = plot.layout[name];
      if (autorange === false) Object.assign(layout[name], { range: [...range], autorange });
    }
    data.forEach((trace, place) => {
      trace.visible = plot.data[place]?.visible ?? true;
      if (trace.type === "scattergl") trace.type = "scatter"; // points as shapes, sharp at any size
    });
    await window.Plotly.downloadImage({ data, layout }, {
      format: kind,
      width: PAPER_WIDTH,
      height: Math.round((PAPER_WIDTH * root.clientHeight) / root.clientWidth),
      scale: kind === "png" ? 2 : 1,
      filename: [layout.meta.file, this.name(), figure.step].join("-"),
    });
  }

  fit() {
    if (!this.listening || this.closed || !this.root.clientWidth) return;
    if (this.changed()) this.draw();
    else window.Plotly.Plots.resize(this.plot);
  }

  listen() {
    this.listening = true;
    this.plot.on("plotly_hover", ({ points: [point] }) => this.showCard(point));
    this.plot.on("plotly_unhover", () => (this.card.hidden = true));
  }

  /** The picture of a hovered point: its tile of the atlas, its class and its number. */
  showCard(point) {
    const atlas = this.figure.layout.meta.atlas;
    if (!atlas) return;
    this.hovered = { trace: point.curveNumber, place: point.pointNumber };
    const index = Number(point.customdata);
    const [height, width] = atlas.tile;
    const scale = Math.max(1, Math.round(72 / Math.max(height, width)));
    const picture = document.createElement("div");
    picture.className = "ae-card-picture";
    if (atlas.url && index < atlas.count) {
      const [column, row] = [index % atlas.columns, Math.floor(index / atlas.columns)];
      Object.assign(picture.style, {
        width: `${width * scale}px`,
        height: `${height * scale}px`,
        backgroundImage: `url("${this.base}${atlas.url}")`,
        backgroundSize: `${atlas.columns * width * scale}px auto`,
        backgroundPosition: `-${column * width * scale}px -${row * height * scale}px`,
      });
    }
    const name = document.createElement("b");
    name.textContent = point.data.name ?? "";
    const number = document.createElement("span");
    number.textContent = `${atlas.word} ${index}`;
    this.card.replaceChildren(picture, name, number);
    this.card.hidden = false;
    this.moveCard();
  }

  /** Keeps the card beside its point, which moves from one snapshot to the next. */
  moveCard() {
    if (this.card.hidden) return;
    const { xaxis, yaxis } = this.plot._fullLayout;
    const trace = this.plot._fullData[this.hovered.trace];
    const x = xaxis._offset + xaxis.l2p(trace?.x[this.hovered.place]);
    const y = yaxis._offset + yaxis.l2p(trace?.y[this.hovered.place]);
    if (!Number.isFinite(x + y)) {
      this.card.hidden = true;
      return;
    }
    const { offsetWidth: wide, offsetHeight: high } = this.card;
    const left = x + 14 + wide > this.root.clientWidth ? x - 14 - wide : x + 14;
    const top = Math.min(Math.max(0, y - high / 2), this.root.clientHeight - high);
    this.card.style.transform = `translate(${Math.max(0, left)}px, ${top}px)`;
  }

  close() {
    this.closed = true;
    this.resizing.disconnect();
    window.Plotly?.purge(this.plot);
  }
}

const views = new WeakMap();
const shown = new Set();

export default async function show({ data, parentElement }, base, address) {
  const root = parentElement.querySelector(".ae-live");
  if (!views.has(root) || views.get(root).closed) {
    root.replaceChildren(); // what a view left that was away for a moment
    views.set(root, new View(root, base, address));
    shown.add(views.get(root));
  }
  const view = views.get(root);
  await view.receive(data);
  // Streamlit also cleans up after a message that a newer one overtook; the view then still stands in the page.
  return () => setTimeout(() => root.isConnected || (view.close(), shown.delete(view)));
}

const RETRY = 2000; // milliseconds
let ear; // the connection over which this page hears of its run: pages/ui/streaming.py

/** Hears of what is new in a run, until another one is to be heard of, or none. */
export function listen({ data, parentElement }, base) {
  const address = new TextDecoder().decode(data ?? new Uint8Array());
  if (address !== (ear?.address ?? "")) {
    ear?.end();
    ear = address ? new Ear(base, address) : undefined;
  }
  const mine = ear;
  return () => setTimeout(() => {
    if (parentElement.isConnected || !mine) return;
    mine.end();
    if (ear === mine) ear = undefined; // whoever comes back to the page hears again
  });
}

class Ear {
  constructor(base, address) {
    this.base = base;
    this.address = address;
    this.open();
  }

  open() {
    this.socket = new WebSocket(new URL(this.base + this.address, location.href).href.replace(/^http/, "ws"));
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => this.ended || hear(JSON.parse(new TextDecoder().decode(data)));
    // Closed in order: there is nothing more to be heard. Else the connection was lost.
    this.socket.onclose = ({ code }) => this.ended || code === 1000 || code >= 4000 || (this.again = setTimeout(() => this.open(), RETRY));
  }

  end() {
    this.ended = true;
    clearTimeout(this.again);
    this.socket.close();
  }
}

function hear({ views, texts }) {
  for (const view of shown) view.hear(views[`live_${view.key()}`]);
  for (const [place, text] of Object.entries(texts)) {
    const found = document.querySelector(place);
    if (found && text && found.outerHTML !== text) found.outerHTML = text;
  }
}
