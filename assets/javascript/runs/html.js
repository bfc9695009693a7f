// @ts-check
/**
 * The table of runs as HTML. All that comes from a run or a person is escaped.
 *
 * @import { Column, Content, Labels, Row, Sorting } from "../types/runs"
 */

/** @param {string} text */
export function escape(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * The empty table, with the filter above it.
 *
 * @param {Labels} labels
 */
export function frame(labels) {
  const filter = escape(labels.filter);
  return (
    `<input type="search" placeholder="${filter}" aria-label="${filter}">` +
    `<div class="ae-table"><table><thead></thead><tbody></tbody></table></div><small class="ae-rest"></small>`
  );
}

/**
 * The row of headings.
 *
 * @param {Column[]} columns
 * @param {Sorting | undefined} sorting
 */
export function head(columns, sorting) {
  const cells = columns.map((column, place) => {
    const falling = sorting?.column === column.name ? sorting.falling : undefined;
    const state = falling === undefined ? "none" : falling ? "descending" : "ascending";
    const arrow = falling === undefined ? "" : falling ? " ↓" : " ↑";
    const unit = column.unit ? `<br><small>${escape(column.unit)}</small>` : "";
    return (
      `<th class="${column.number ? "ae-right" : ""}" tabindex="0" data-place="${place}" aria-sort="${state}" ` +
      `title="${escape(column.help)}">${escape(column.title)}${arrow}${unit}</th>`
    );
  });
  return `<tr><td></td>${cells.join("")}</tr>`;
}

/**
 * The rows, or a sentence that there are none.
 *
 * @param {Content} content
 * @param {Row[]} rows Those that are shown.
 */
export function body(content, rows) {
  const { columns, labels } = content;
  if (!rows.length) return `<tr><td></td><td colspan="${columns.length}">${escape(labels.none)}</td></tr>`;
  const cells = rows.map((row) => columns.map((column) => cell(column, row)).join(""));
  return rows.map((row, place) => `<tr><td>${tick(content, row)}</td>${cells[place]}</tr>`).join("");
}

/**
 * @param {Column} column
 * @param {Row} row
 */
function cell({ name, number }, row) {
  const classes = [
    number && "ae-right",
    row.marked.includes(name) && "ae-differs",
    row.best.includes(name) && "ae-best",
  ].filter(Boolean);
  return `<td class="${classes.join(" ")}">${escape(row.cells[name] ?? "–")}</td>`;
}

/**
 * The box that chooses a run. It is disabled if as many as may be are chosen.
 *
 * @param {Content} content
 * @param {Row} row
 */
function tick({ chosen, most, labels }, row) {
  const full = chosen.length >= most;
  const state = chosen.includes(row.id) ? "checked" : full ? `disabled title="${escape(labels.full)}"` : "";
  const label = escape(`${labels.choose} ${row.name}`);
  return `<input type="checkbox" data-id="${escape(row.id)}" aria-label="${label}" ${state}>`;
}
