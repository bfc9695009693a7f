/** What `pages/ui/explore/exploring.py` sends. */
export interface Exploration {
  /** Id of the run. */
  run: string;
  /** Its last step: another step is another network. */
  step: number;
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
  words: Record<string, string>;
}

/** A held-out example that lies near. */
export interface Neighbour {
  place: number;
  distance: number;
}
