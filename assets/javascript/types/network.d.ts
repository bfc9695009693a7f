/** What `ae_core/portable/description.py` writes at the head of a network. */
export interface Description {
  format: number;
  run_id: string;
  examples: Examples;
  encoder: PartOfNetwork;
  decoder: PartOfNetwork;
  codes: Codes;
  /** Why a worker computes it, one sentence; its parts then have no layers. Empty where a browser does. */
  worker: string;
}

/** An array in the block of numbers: place of its first number, and its shape. */
export interface Place {
  at: number;
  shape: number[];
}

/** A raw value becomes the network's input by `value * scale + offset`. */
export interface Examples {
  /** Height, width and channels, time and channels, or length. */
  shape: number[];
  /** Whether the network's inputs lie in [0, 1]. */
  unit_range: boolean;
  /** One number for all, or one for each value of an example. */
  scale: Place;
  offset: Place;
  class_names: string[];
  /** Held-out rows or series as the network sees them, no numbers where a value is unknown; null of images. */
  rows: Place | null;
  /** What the network is fed in the place of unknown values. */
  filling: Place | null;
}

/** Where the codes of held-out examples lie. */
export interface Codes {
  count: number;
  mean: Place;
  covariance: Place | null;
}

export interface PartOfNetwork {
  /** Each stands behind its inputs; the first is the input, the last the output. */
  layers: Layer[];
  /** Place of the layer that gives the logarithm of the code's variance. */
  spread: number | null;
}

interface LayerBase {
  /** Keras's name. */
  name: string;
  /** Places of the layers whose outputs it takes. */
  inputs: number[];
  /** Shape of its output for one example. */
  shape: number[];
  activation: string;
}

export interface Input extends LayerBase {
  type: "Input";
}

export interface Dense extends LayerBase {
  type: "Dense";
  /** Units, inputs. */
  kernel: Place;
  /** One for each unit, or one for each row and unit. */
  bias: Place | null;
}

export interface Convolution extends LayerBase {
  type: "Convolution";
  /** Filters, rows, columns, channels. */
  kernel: Place;
  bias: Place | null;
  strides: number[];
  /** Rows and columns of zeros above and left. */
  before: number[];
}

export interface Pooling extends LayerBase {
  type: "Pooling";
  rule: "max" | "mean";
  size: number[];
  strides: number[];
  before: number[];
}

export interface Upsampling extends LayerBase {
  type: "Upsampling";
  size: number[];
}

export interface Cropping extends LayerBase {
  type: "Cropping";
  before: number[];
}

export interface Padding extends LayerBase {
  type: "Padding";
  before: number[];
}

export interface Reshape extends LayerBase {
  type: "Reshape";
}

export interface Concatenation extends LayerBase {
  type: "Concatenation";
}

export interface Repetition extends LayerBase {
  type: "Repetition";
}

export interface Permutation extends LayerBase {
  type: "Permutation";
  /** Which axis of the input each of the output is. */
  order: number[];
}

export interface Addition extends LayerBase {
  type: "Addition";
}

export interface Rescaling extends LayerBase {
  type: "Rescaling";
  factor: number;
}

export interface Normalization extends LayerBase {
  type: "Normalization";
  scale: Place;
  shift: Place;
  epsilon: number;
}

export interface Softmax extends LayerBase {
  type: "Softmax";
}

export interface MatrixProduct extends LayerBase {
  type: "MatrixProduct";
}

export interface Recurrent extends LayerBase {
  type: "Recurrent";
  cell: "gru" | "lstm";
  /** Gates times units, inputs. */
  kernel: Place;
  /** Gates times units, units. */
  recurrent: Place;
  bias: Place;
  backwards: boolean;
}

export interface Slice extends LayerBase {
  type: "Slice";
  start: number;
}

export interface KeepLargest extends LayerBase {
  type: "KeepLargest";
  count: number;
}

export interface NearestEntry extends LayerBase {
  type: "NearestEntry";
  /** Entries, numbers of a vector. */
  entries: Place;
  bias: Place;
}

export type Layer =
  | Input
  | Dense
  | Convolution
  | Pooling
  | Upsampling
  | Cropping
  | Reshape
  | Concatenation
  | Slice
  | KeepLargest
  | NearestEntry
  | Padding
  | Repetition
  | Permutation
  | Addition
  | Rescaling
  | Normalization
  | Softmax
  | MatrixProduct
  | Recurrent;

/** What one layer made of some examples. */
export interface Activation {
  part: "encoder" | "decoder";
  name: string;
  type: Layer["type"];
  /** For one example. */
  shape: number[];
  values: Float32Array;
}

/** What `pages/ui/live/network.py` says where there is no network for the browser. */
export interface NoNetwork {
  browser: false;
  /** One sentence. */
  why: string;
  /** Whether it is worth asking again: the run still trains, or no worker was ready. */
  later: boolean;
}
