import type { Layout, Trace } from "./plotly";

/** What `pages/ui/live/component.py` makes for a view: a Plotly figure without colours, and what else is to be said. */
export interface Figure {
  data: Trace[];
  layout: Layout & { meta: Meta };
  /** Optimiser step that it shows. */
  step: number;
  /** Titles of the buttons that save it and of those for the keyboard, in the reader's language. */
  words: Record<Format | Tool | "tools" | "keys", string>;
}

export type Format = "png" | "svg";

export type Tool = "nearer" | "farther" | "all";

export interface Meta {
  /** A sentence for screen readers. */
  label: string;
  /** Beginning of the name of a saved file. */
  file: string;
  /** What the view shows, if its element key does not say so. */
  view?: string;
  /** Whether there is nothing to zoom: no tools, no dragging. */
  plain?: boolean;
  atlas?: Atlas;
}

/** One picture that holds a small picture of every point, row by row. */
export interface Atlas {
  /** Its address, relative to the app; empty if there is none. */
  url: string;
  columns: number;
  /** Height and width of a tile, in pixels. */
  tile: [number, number];
  /** Number of tiles: points beyond it have no picture. */
  count: number;
  /** The word for `image` in the reader's language. */
  word: string;
}
