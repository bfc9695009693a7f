/** What `pages/ui/odd/finding.py` sends: the run, and the words. */
export interface Wanted {
  run: string;
  /** Its last step. */
  step: number;
  /** Names of the classes by number. */
  classes: string[];
  /** Colours of the classes by number, from the first on again. */
  colours: string[];
  /** The classes that it was trained on, as a setting; empty for all. */
  normal: string;
  language: string;
  words: Record<string, string>;
  /** What it says of a file that somebody brought. */
  fresh?: Part;
  fresh_name?: string;
  /** How that file was read, in sentences. */
  fresh_notes?: string[];
}

/** Like the next ones: what `ae_core/messages/anomalies.py` declares. Arrays of numbers are bytes in base64. */
export interface Anomalies {
  run_id: string;
  quantile: number;
  whole: Part;
  detectors: Detector[];
  own: number;
}

export interface Part {
  scores: Scores[];
  normal: number[];
  class_names: string[];
  validation_labels: string;
  test_labels: string;
  oddest: Example[];
  plainest: Example[];
  noun: string;
  /** Whether nothing but normal examples was trained on. */
  alone: boolean;
  /** Rows of the test examples in the file that they came from; empty where they are unknown. */
  rows: string;
  /** Ids and names of the examples of a file, by column. */
  identities: Record<string, string[]>;
}

export interface Scores {
  name: string;
  validation: string;
  test: string;
  rows: number;
}

export interface Example {
  row: number;
  label: number;
  score: number;
  features: Feature[];
  picture: string;
}

export interface Feature {
  name: string;
  share: number;
  value: number;
  expected: number;
  category: string;
  guess: string;
}

export interface Detector {
  name: string;
  rows: number;
  auc: number | null;
  auc_interval: [number, number] | null;
  ap: number | null;
  ap_interval: [number, number] | null;
  p_value: number | null;
  threshold: number;
}

/** The scores of a detector as numbers. */
export interface Numbers {
  validation: Float32Array;
  test: Float32Array;
}

/** What a threshold makes of some examples. */
export interface Confusion {
  hits: number;
  misses: number;
  alarms: number;
  passed: number;
}

/** Examples from the highest score down: what is called odd at each of the scores that occur. */
export interface Ranked {
  scores: number[];
  hits: number[];
  alarms: number[];
  odd: number;
  normal: number;
}

/** How scores become places along an axis. */
export interface Scale {
  low: number;
  high: number;
  logarithmic: boolean;
}

/** One group in a histogram: shares of the group by bin. */
export interface Group {
  name: string;
  colour: string;
  shares: number[];
}

export type Point = [number, number];

/** How well a detector does at all thresholds. */
export interface Curve {
  name: string;
  points: Point[];
}
