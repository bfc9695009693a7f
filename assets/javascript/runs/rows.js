// @ts-check
/**
 * Which rows of the table of runs are shown, and in which order.
 *
 * @import { Content, Row, Sorting, Value } from "../types/runs"
 */

/**
 * The rows that have all words, sorted.
 *
 * @param {Content} content
 * @param {string} typed What a person typed into the filter.
 * @param {Sorting | undefined} sorting
 * @returns {Row[]}
 */
export function choose(content, typed, sorting) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  // The app, when asked about all runs, looks at more settings than have a column here: what it found stays.
  const found = content.partial && content.words === words.join(" ");
  const rows = found ? content.rows : content.rows.filter((row) => words.every((word) => textOf(row).includes(word)));
  return sorting ? sorted(rows, sorting) : rows;
}

/** @param {Row} row */
function textOf(row) {
  const cells = Object.values(row.cells).filter((cell) => cell !== null);
  return cells.join(" ").toLowerCase();
}

/**
 * Rows without a value come last, whichever way the others are sorted.
 *
 * @param {Row[]} rows
 * @param {Sorting} sorting
 */
function sorted(rows, { column, falling }) {
  return [...rows].sort((one, other) => {
    const [first, second] = [one.values[column], other.values[column]];
    const way = compare(first, second);
    return falling && !missing(first) && !missing(second) ? -way : way;
  });
}

/**
 * @param {Value} one
 * @param {Value} other
 */
function compare(one, other) {
  if (one === other) return 0;
  if (missing(one)) return 1;
  if (missing(other)) return -1;
  return one < other ? -1 : 1;
}

/**
 * @param {Value} value
 * @returns {value is null | undefined}
 */
function missing(value) {
  return value === null || value === undefined;
}

/**
 * What a click on a column's heading makes of the sorting: rising, then falling, then none.
 *
 * @param {Sorting | undefined} sorting
 * @param {string} column
 * @returns {Sorting | undefined}
 */
export function clicked(sorting, column) {
  if (sorting?.column !== column) return { column, falling: false };
  return sorting.falling ? undefined : { column, falling: true };
}
