/** The small part of plotly.js that is used here. */

export interface Axis {
  title?: { text: string; standoff?: number; font?: Font };
  range?: [number, number];
  autorange?: boolean;
  fixedrange?: boolean;
  gridcolor?: string;
  linecolor?: string;
  zerolinecolor?: string;
  type?: string;
  rangemode?: string;
  uirevision?: string;
  autorangeoptions?: { minallowed: number; maxallowed: number };
}

export interface Font {
  color?: string;
  family?: string;
  size?: number;
}

export interface Layout {
  [name: `xaxis${string}` | `yaxis${string}`]: Axis;
  uirevision?: string;
  shapes?: Shape[];
  /** Pictures behind the points. */
  images?: LayoutImage[];
  annotations?: { text: string }[];
  paper_bgcolor?: string;
  plot_bgcolor?: string;
  font?: Font;
  hoverlabel?: { bgcolor: string; bordercolor: string; font: Font };
  modebar?: { bgcolor: string; color: string; activecolor: string };
  showlegend?: boolean;
  legend?: { orientation?: "h" | "v"; x?: number; y?: number; yanchor?: "top" | "bottom" };
  dragmode?: false | "zoom" | "pan";
}

export interface LayoutImage {
  source: string;
}

export interface Shape {
  type: string;
  name?: string;
  yref?: string;
  x0?: number | null;
  x1?: number | null;
  y0?: number | null;
  y1?: number | null;
  line?: { color: string; width: number; dash?: string };
}

export interface Trace {
  type: string;
  mode?: string;
  x?: unknown;
  y?: unknown;
  customdata?: unknown;
  text?: unknown;
  /** Address of a picture. */
  source?: string;
  line?: { color: string; dash?: string };
  marker?: Marker;
  hoverinfo?: string;
  showlegend?: boolean;
  /** What our own scripts read: the column of the history that a curve shows. */
  meta?: { column?: string; name?: string };
  name?: string;
  /** Whether it is drawn, or hidden by a click on its name in the legend. */
  visible?: boolean | "legendonly";
}

/** An element that Plotly has drawn in. */
export interface Plot extends HTMLElement {
  layout: Layout;
  data: Trace[];
  /** Not documented, but the only way to learn where in the element a point was drawn. */
  _fullLayout: { xaxis: DrawnAxis; yaxis: DrawnAxis };
  /** Not documented: the traces with their numbers unpacked. */
  _fullData: DrawnTrace[];
  on(event: "plotly_relayout" | "plotly_relayouting" | "plotly_restyle", handler: () => void): void;
}

export interface DrawnTrace {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  mode?: string;
  name?: string;
  showlegend?: boolean;
  xaxis?: string;
  yaxis?: string;
  visible?: boolean | "legendonly";
  line?: { color: string };
  marker?: { color: string };
}

export interface Marker {
  color: string;
  size: number;
  symbol: string;
  opacity?: number;
}

export interface DrawnAxis {
  /** Its length in pixels. */
  _length: number;
  /** Pixels from the edge of the element to the start of the axis. */
  _offset: number;
  /** Pixels from the start of the axis to a value. */
  d2p(value: number): number;
}

export interface Config {
  displaylogo: boolean;
  displayModeBar: false | "hover";
  modeBarButtons: string[][];
}

export interface Picture {
  format: "png" | "svg";
  width: number;
  height: number;
  scale: number;
  filename: string;
}

export interface Plotly {
  /** Draws a figure, or changes the one that is drawn already. The promise resolves once it is drawn. */
  react(element: HTMLElement, data: Trace[], layout: Layout, config: Config): Promise<Plot>;
  downloadImage(figure: { data: Trace[]; layout: Layout }, picture: Picture): Promise<string>;
  /** Changes some of the layout, by names with dots. */
  relayout(element: HTMLElement, changes: Record<string, unknown>): Promise<Plot>;
  /** Changes some traces. */
  restyle(element: HTMLElement, changes: Record<string, unknown>, places: number[]): Promise<Plot>;
  purge(element: HTMLElement): void;
  Plots: { resize(element: HTMLElement): void };
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }
}
