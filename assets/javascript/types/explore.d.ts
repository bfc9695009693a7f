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
  /** How the training damaged its examples; null if it did not. */
  noise: Noise | null;
  /** Side of the patches that the training hid, in pixels; null if it hid none. */
  patch: number | null;
  words: Record<string, string>;
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
  /** The picture that was encoded, bytes; none where the code was chosen itself. */
  picture?: ArrayLike<number> | undefined;
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
