import assert from "node:assert/strict";
import test from "node:test";
import { drawAbove, ends, logarithmic } from "../../assets/javascript/live/curves.js";

const figure = () => ({
  data: [
    {
      type: "scatter",
      x: [1, 2],
      y: [0.5, null],
      customdata: [10, 20],
      meta: { column: "val_loss" },
      line: { color: "#123456", dash: "dash" },
    },
    { type: "scatter", x: [0, 5], y: [0.2, 0.2], customdata: [0, 50] },
  ],
  layout: { uirevision: "run", yaxis: { type: "linear" } },
  step: 10,
  words: {},
});

test("a curve goes on from its last measured point by the column that it shows", () => {
  const tail = [
    { epoch: 1, step: 10, val_loss: 0.5 },
    { epoch: 3, step: 30, val_loss: 0.4 },
    { epoch: 4, step: 40, val_loss: null },
    { epoch: 5, step: 50, val_loss: 0.3 },
  ];
  const places = [
    { x: 1, y: 0.5 },
    { x: 3, y: 0.4 },
    { x: 5, y: 0.3 },
  ];
  assert.deepEqual(ends(figure(), tail), [places, []], "a line that shows no column stays");
});

test("the new ends and the cursor are drawn in the colours of their curves, where the axes have them", () => {
  const drawn = [];
  const pen = new Proxy({}, {
    get: (known, name) => known[name] ?? ((...values) => drawn.push([name, ...values])),
    set: (known, name, value) => drawn.push([name, value]) > 0 && Reflect.set(known, name, value),
  });
  const canvas = { dataset: {}, style: {}, getContext: () => pen };
  const root = { querySelector: () => canvas };
  const axis = { _offset: 0, _length: 100, d2p: (value) => 10 * value };
  const plot = { _fullLayout: { xaxis: axis, yaxis: axis }, _fullData: [{ visible: true }, { visible: true }] };
  globalThis.devicePixelRatio = 1;
  drawAbove(root, plot, figure(), { tail: [{ epoch: 3, step: 30, val_loss: 0.4 }], cursor: 2 }, "#ffffff");
  const said = drawn.filter(([name]) => ["strokeStyle", "lineTo", "moveTo"].includes(name));
  assert.deepEqual(said, [
    ["strokeStyle", "#123456"],
    ["lineTo", 10, 5],
    ["lineTo", 30, 4],
    ["strokeStyle", "#ffffff"],
    ["moveTo", 20, 0],
    ["lineTo", 20, 100],
  ]);
});

test("another scale is another zoom, and the same figure each time", () => {
  const before = figure();
  const one = logarithmic(before);
  assert.equal(one.layout.yaxis.type, "log");
  assert.notEqual(one.layout.yaxis.uirevision, undefined);
  assert.equal(logarithmic(before), one);
});
