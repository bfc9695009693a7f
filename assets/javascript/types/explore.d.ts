import type { Model } from "../explore/model.js";

/** What `pages/ui/explore/exploring.py` sends. */
export interface Exploration {
  /** Id of the run. */
  run: string;
  /** Its last step: another step is another network. */
  step: number;
  /** Steps at which its network can be had, growing, the last among them. */
  steps: number[];
  /** Whether it still trains, so that more of them come. */
  moving: boolean;
  /** Whether a server is there that lays codes out by t-SNE. */
  layouts: boolean;
  /** The reader's language. */
  language: string;
  /** The pictures of the held-out examples. */
  atlas: { url: string; columns: number; tile: [number, number]; count: number };
  /** Class number of each example, bytes in letters. */
  labels: string;
  class_names: string[];
  /** A colour for each class. */
  colours: string[];
  /** Shape of an example. */
  shape: number[];
  /** What an example is called. */
  noun: "image" | "row" | "series";
  /** What the values of a row stand for, or the channels of a series; empty where nothing is known of them. */
  columns: ColumnTitle[];
  /** Moments of a series a second; 0 where that is unknown. */
  rate: number;
  /** Whether the training made codes lie as draws from the standard normal distribution do. */
  prior: boolean;
  /** How the training damaged its examples; null if it did not. */
  noise: Noise | null;
  /** Side of the patches that the training hid, in pixels; null if it hid none. */
  patch: number | null;
  words: Record<string, string>;
}

/** Name and unit of a column, and the category for which it is 1; the latter two may be empty. */
export interface ColumnTitle {
  name: string;
  unit: string;
  category: string;
}

export interface Noise {
  /** `gaussian`, `masking` or `salt_and_pepper`. */
  kind: string;
  /** Its strength in the training, 0 to 1. */
  factor: number;
  /** Whether values lie in [0, 1] and stay there. */
  unit_range: boolean;
}

/** A held-out example that lies near. */
export interface Neighbour {
  place: number;
  distance: number;
}

/** Mean and covariance of codes; the latter null where codes have many numbers. */
export interface Spread {
  mean: Float32Array;
  covariance: Float32Array | null;
}

/** Where an encoder puts an example: mean and standard deviation of each number. */
export interface Cloud {
  mean: Float32Array;
  deviation: Float32Array;
}

export interface Place {
  x: number;
  y: number;
}

/** What is looked at. */
export interface Looked {
  code: Float32Array;
  /** What was encoded, a picture's bytes or values as the network sees them; none where the code was chosen itself. */
  example?: ArrayLike<number> | undefined;
  /** The held-out example whose code it is. */
  place?: number | undefined;
  /** When the person did what led to it. */
  began: number;
}

/** A layout by t-SNE, `x, y, x, y, …`, or one sentence that says why there is none. */
export interface LaidOut {
  places: Float32Array | undefined;
  why: string;
}

/** What of it stands in the page's address. */
export interface View {
  at: Float32Array | undefined;
  /** Both ends of the way between two codes. */
  from: Float32Array | undefined;
  to: Float32Array | undefined;
  /** Keys of the plane's axes. */
  axes: string[];
  /** Step of the training; none for whatever is newest. */
  frame: number | undefined;
}

/** A sentence of the app, by its name. */
export type Speak = (name: string) => string;

/** What lies under a pointer. */
export interface Spot {
  /** Number of the patch. */
  patch: number;
}

/** An example that is drawn small, and what it is called. */
export interface Shown {
  example: ArrayLike<number>;
  name?: string;
  /** Of its class. */
  colour?: string | undefined;
}

/** How examples are drawn. */
export interface Look {
  /** By which its style sheet knows it. */
  kind: string;
  /** How many places of the plane are decoded beside each other, at first and once nobody drags. */
  grain: [number, number];
  /** Pixels of one of them. */
  tile: { width: number; height: number };
  /** What of an example can lie behind the points, if one may choose. */
  behinds: { key: number; name: string }[];
  /** Draws one small. */
  paint(canvas: HTMLCanvasElement, example: ArrayLike<number>): void;
  /** Says what lines and colours of small ones stand for. */
  explain(place: HTMLElement, word: Speak): void;
  /** Says what each of some small ones holds, if one cannot see it. */
  label(place: HTMLElement, shown: Shown[], word: Speak): void;
  /** Marks one of them. */
  mark(place: HTMLElement, at: number): void;
  /** What lies behind the points at its place; undefined for nothing. */
  stain(example: ArrayLike<number>, behind: number): ImageData | undefined;
  /** What the darkest and the brightest colour there stand for; nothing where colours are no scale. */
  ends(behind: number): string[];
  /** Draws one large, and another beside it. */
  portray(place: HTMLElement, example: ArrayLike<number>, beside: ArrayLike<number> | undefined, word: Speak, besideWord?: string): void;
}

/** A line of a CSV file. */
export type Row = (string | number)[];

/** One way to play. */
export interface Part {
  /** Its name in names of files. */
  name: string;
  root: HTMLElement;
  /** Shows a code. */
  show(looked: Looked): void;
  /** Draws itself again where its colours have changed. */
  draw(): void;
  /** Shows the same with what the network has answered since. */
  again(): void;
  /** Goes on with the network of another step; what a person chose stays. */
  renew(model: Model): void;
  /** What it shows, as numbers. */
  rows(): Row[];
  close(): void;
}
