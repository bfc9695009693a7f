import assert from "node:assert/strict";
import test from "node:test";
import { grown, logarithmic, withCursor } from "../../assets/javascript/live/curves.js";

const figure = () => ({
  data: [
    { type: "scatter", mode: "markers", x: [1], y: [0.5], customdata: [10], meta: { column: "loss" } },
    { type: "scatter", mode: "lines", x: [0, 5], y: [0.2, 0.2], customdata: [0, 50] },
  ],
  layout: { uirevision: "run", shapes: [{ type: "line", x0: 3 }], yaxis: { type: "linear" } },
  step: 10,
  words: {},
});

test("a curve grows by the column that it shows; a line that shows none stays", () => {
  const one = grown(figure(), { epoch: 2, step: 20, loss: 0.4, val_loss: 0.45 });
  assert.deepEqual(one.data[0].x, [1, 2]);
  assert.deepEqual(one.data[0].y, [0.5, 0.4]);
  assert.equal(one.data[0].mode, "lines");
  assert.deepEqual(one.data[1], figure().data[1]);
  assert.deepEqual(grown(one, { epoch: 2, step: 20, loss: 0.4 }).data[0].x, [1, 2], "not twice by the same point");
});

test("the cursor stands beside the other marks, and the figure it was made from stays", () => {
  const before = figure();
  const one = withCursor(before, 1.5);
  assert.equal(one.layout.shapes.length, 2);
  assert.deepEqual([one.layout.shapes[1].x0, one.layout.shapes[1].x1], [1.5, 1.5]);
  assert.equal(before.layout.shapes.length, 1);
});

test("another scale is another zoom", () => {
  const { yaxis } = logarithmic(figure()).layout;
  assert.equal(yaxis.type, "log");
  assert.notEqual(yaxis.uirevision, undefined);
});
