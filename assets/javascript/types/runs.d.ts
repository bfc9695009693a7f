/** What `pages/ui/runs/table.py` sends: the table of runs. */
export interface Content {
  columns: Column[];
  rows: Row[];
  /** Ids of the ticked runs, in the order of ticking. */
  chosen: string[];
  /** How many runs may be ticked. */
  most: number;
  /** Whether there are more runs than rows, so that the app has to be asked for the others. */
  partial: boolean;
  /** The words that the app looked for when it picked these rows. */
  words: string;
  labels: Labels;
}

export interface Column {
  name: string;
  title: string;
  help: string;
  unit: string;
  /** Whether its cells are aligned to the right. */
  number: boolean;
}

export interface Row {
  id: string;
  name: string;
  /** What to sort by, by column name. */
  values: Record<string, Value>;
  /** What to show, by column name. */
  cells: Record<string, string | null>;
  /** Columns in which the chosen runs differ. */
  marked: string[];
  /** Columns in which this run is the best. */
  best: string[];
}

export type Value = number | string | boolean | null | undefined;

export interface Labels {
  filter: string;
  choose: string;
  none: string;
  full: string;
  more: string;
}

export interface Sorting {
  column: string;
  falling: boolean;
}
