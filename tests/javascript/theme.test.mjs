import assert from "node:assert/strict";
import test from "node:test";
import { PAPER, axes, dress, faded, hasTools } from "../../assets/javascript/live/theme.js";
import { figureOf } from "./figure.mjs";

const LOOK = { text: "rgb(1, 2, 3)", line: "rgba(1,2,3,0.13)", background: "#fff", font: "Sans", small: false, type: 1 };
const device = (webgl, touch) => ({ webgl: () => webgl, touch: () => touch });

test("a colour gets an opacity, or another one", () => {
  assert.equal(faded("rgb(31, 41, 51)", 0.13), PAPER.line);
  assert.equal(faded("rgba(31,41,51,0.13)", 0.5), "rgba(31,41,51,0.5)");
});

test("axes are found by their names", () => {
  const layout = { xaxis: { autorange: true }, yaxis12: {}, axis: {}, xaxes: {}, yaxis2b: {} };
  assert.deepEqual([...axes(layout).keys()], ["xaxis", "yaxis12"]);
  assert.equal(axes(layout).get("xaxis"), layout.xaxis);
});

test("a figure is dressed in the colours of the page, and stays as it was", () => {
  const figure = figureOf();
  const before = structuredClone(figure);
  const { data, layout } = dress(figure, LOOK, device(true, false));
  assert.deepEqual(figure, before);
  assert.deepEqual(layout.font, { color: LOOK.text, family: "Sans", size: 12 });
  assert.equal(layout.modebar.color, "rgba(1,2,3,0.5)");
  for (const axis of [layout.xaxis, layout.yaxis2]) {
    assert.deepEqual([axis.gridcolor, axis.linecolor, axis.zerolinecolor], Array(3).fill(LOOK.line));
  }
  assert.deepEqual(layout.xaxis.title, { text: "code 1", standoff: 8, font: { size: 12 } });
  assert.equal(layout.yaxis2.title, undefined);
  assert.equal(layout.dragmode, undefined);
  assert.deepEqual(data, before.data);
});

test("a small view has smaller text, and its legend above the map", () => {
  const figure = figureOf({ showlegend: true, legend: { itemsizing: "constant" } });
  figure.layout.meta.atlas = {};
  const { layout } = dress(figure, { ...LOOK, small: true }, device(true, true));
  assert.equal(layout.font.size, 10.5);
  assert.equal(layout.xaxis.title.standoff, 4);
  const above = { itemsizing: "constant", orientation: "h", x: 0, y: 1.02, yanchor: "bottom" };
  assert.deepEqual(layout.legend, above);
  assert.deepEqual(dress(figure, LOOK, device(true, false)).layout.legend, { itemsizing: "constant" });
});

test("points are drawn as shapes where there is no WebGL", () => {
  const types = dress(figureOf(), LOOK, device(false, false)).data.map((trace) => trace.type);
  assert.deepEqual(types, ["scatter", "scatter"]);
});

test("there are no tools for a finger, nor where there is nothing to zoom", () => {
  const plain = figureOf({ meta: { label: "", file: "", plain: true } });
  assert.equal(hasTools(figureOf(), device(true, false)), true);
  assert.equal(hasTools(figureOf(), device(true, true)), false);
  assert.equal(hasTools(plain, device(true, false)), false);
  assert.equal(dress(plain, LOOK, device(true, false)).layout.dragmode, false);
});

test("in large type everything that has a size of its own grows, and the figure stays as it was", () => {
  const line = { width: 2, color: "#123" };
  const figure = {
    step: 1,
    words: {},
    data: [{ type: "scatter", x: [1, 2], y: [3, 4], line, textfont: { size: 9 } }],
    layout: {
      meta: { label: "" },
      xaxis: { tickfont: { size: 9 }, title: { text: "step" } },
      annotations: [{ text: "a", font: { size: 10 } }],
      margin: { l: 8, b: 20 },
    },
  };
  const before = structuredClone(figure);
  for (const _ of [1, 2]) {
    const { data, layout } = dress(figure, { ...LOOK, type: 1.5 }, device(true, false));
    assert.equal(layout.font.size, 18);
    assert.equal(layout.xaxis.tickfont.size, 13.5);
    assert.equal(layout.xaxis.title.font.size, 18);
    assert.equal(layout.annotations[0].font.size, 15);
    assert.deepEqual([data[0].line.width, data[0].line.color, data[0].textfont.size], [3, "#123", 13.5]);
    assert.deepEqual(layout.margin, { l: 12, b: 30 });
    assert.deepEqual(data[0].x, [1, 2]);
  }
  assert.deepEqual(figure, before);
});
