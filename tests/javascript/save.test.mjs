import assert from "node:assert/strict";
import test from "node:test";
import { onPaper, picture } from "../../assets/javascript/live/save.js";
import { PAPER } from "../../assets/javascript/live/theme.js";
import { figureOf } from "./figure.mjs";

test("a saved figure keeps the zoom and the hidden curves, and is dark on white", () => {
  const seen = {
    layout: { xaxis: { range: [1, 2], autorange: false }, yaxis2: { range: [0, 9], autorange: true } },
    data: [{ type: "scattergl", visible: "legendonly" }],
  };
  const { data, layout } = onPaper(figureOf(), seen);
  assert.deepEqual([layout.xaxis.range, layout.xaxis.autorange], [[1, 2], false]);
  assert.notEqual(layout.xaxis.range, seen.layout.xaxis.range, "Plotly writes into what it is given");
  assert.equal(layout.yaxis2.range, undefined);
  assert.deepEqual(data.map((trace) => trace.visible), ["legendonly", true]);
  assert.deepEqual(data.map((trace) => trace.type), ["scatter", "scatter"]);
  assert.deepEqual([layout.paper_bgcolor, layout.plot_bgcolor, layout.font.color], ["#ffffff", "#ffffff", PAPER.text]);
});

test("a saved picture has the view's proportions, and says what it shows", () => {
  const view = { clientWidth: 450, clientHeight: 200 };
  const png = { format: "png", width: 900, height: 400, scale: 2, filename: "vanilla-1-loss-40" };
  assert.deepEqual(picture(figureOf(), "png", "loss", view), png);
  assert.deepEqual(picture(figureOf(), "svg", "loss", view), { ...png, format: "svg", scale: 1 });
});
