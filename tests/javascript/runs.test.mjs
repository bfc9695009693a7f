import assert from "node:assert/strict";
import test from "node:test";
import { body, escape, frame, head } from "../../assets/javascript/runs/html.js";
import { choose, clicked } from "../../assets/javascript/runs/rows.js";

const row = (id, name, error) => ({
  id,
  name,
  values: { name, error },
  cells: { name, error: error === null ? null : String(error) },
  marked: [],
  best: [],
});
const column = (name, number) => ({ name, title: name, help: "", unit: "", number });
const contentOf = (others) => ({
  columns: [column("name", false), column("error", true)],
  rows: [row("a", "Plain on Digits", 3), row("b", "Sparse on Digits", null), row("c", "Plain on Waves", 1)],
  chosen: [],
  most: 2,
  partial: false,
  words: "",
  labels: { filter: "Filter", choose: "Choose", none: "No run", full: "At most 2", more: "" },
  ...others,
});
const ids = (rows) => rows.map((one) => one.id).join("");

test("rows are those that have all words, in small or capital letters", () => {
  assert.equal(ids(choose(contentOf(), "", undefined)), "abc");
  assert.equal(ids(choose(contentOf(), "  DIGITS plain ", undefined)), "a");
  assert.equal(ids(choose(contentOf(), "null", undefined)), "");
});

test("what the app found stays, though the words are in no column", () => {
  const content = contentOf({ partial: true, words: "momentum" });
  assert.equal(ids(choose(content, "Momentum", undefined)), "abc");
  assert.equal(ids(choose(content, "momentum 2", undefined)), "");
  assert.equal(ids(choose({ ...content, partial: false }, "momentum", undefined)), "");
});

test("rows without a value come last, whichever way the others are sorted", () => {
  const content = contentOf();
  assert.equal(ids(choose(content, "", { column: "error", falling: false })), "cab");
  assert.equal(ids(choose(content, "", { column: "error", falling: true })), "acb");
  assert.equal(ids(content.rows), "abc");
});

test("clicks on a heading sort up, down and not at all; one on another heading begins anew", () => {
  const rising = clicked(undefined, "error");
  assert.deepEqual(rising, { column: "error", falling: false });
  const falling = clicked(rising, "error");
  assert.deepEqual(falling, { column: "error", falling: true });
  assert.equal(clicked(falling, "error"), undefined);
  assert.deepEqual(clicked(falling, "name"), { column: "name", falling: false });
});

test("nothing that a person wrote becomes HTML", () => {
  const evil = '<img src=x onerror="alert(1)">&';
  assert.equal(escape(evil), "&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;");
  const columns = [{ name: evil, title: evil, help: evil, unit: evil, number: true }];
  const rows = [{ ...row(evil, evil, 1), cells: { [evil]: evil } }];
  const labels = { filter: evil, choose: evil, none: evil, full: evil, more: evil };
  const content = { ...contentOf(), columns, rows, labels, most: 0 };
  for (const html of [frame(labels), head(columns, undefined), body(content, rows), body(content, [])]) {
    assert.ok(html.includes("&#60;img") && !html.includes("<img"), html);
  }
});

test("headings say how the table is sorted, for eyes and screen readers", () => {
  const { columns } = contentOf();
  assert.deepEqual(head(columns, undefined).match(/aria-sort="\w+"/g), Array(2).fill('aria-sort="none"'));
  assert.match(head(columns, { column: "error", falling: true }), /aria-sort="none".*aria-sort="descending".*error ↓/);
  assert.match(head(columns, { column: "name", falling: false }), /aria-sort="ascending".*name ↑.*aria-sort="none"/);
});

test("cells are aligned and marked, a missing one is a dash, and no more runs than allowed can be ticked", () => {
  const rows = [{ ...row("a", "One", 3), marked: ["name"], best: ["error"] }, row("b", "Two", null)];
  const html = body(contentOf({ chosen: ["a"], most: 1 }), rows);
  assert.match(html, /<td class="ae-differs">One<\/td><td class="ae-right ae-best">3<\/td>/);
  assert.match(html, /<td class="">Two<\/td><td class="ae-right">–<\/td>/);
  assert.match(html, /data-id="a" aria-label="Choose One" checked>/);
  assert.match(html, /data-id="b" aria-label="Choose Two" disabled title="At most 2">/);
  assert.match(body(contentOf(), []), /colspan="2">No run</);
});
