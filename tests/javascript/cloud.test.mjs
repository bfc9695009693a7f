import assert from "node:assert/strict";
import test from "node:test";
import { Cloud, alike, between, groupsOf, hollow } from "../../assets/javascript/live/cloud.js";
import { sameAxes } from "../../assets/javascript/live/quick.js";

const axis = { d2p: (value) => 10 * value };
const letters = (values) => ({ bdata: Buffer.from(values.buffer).toString("base64") });
const coded = (values) => letters(new Float32Array(values));
const trace = (values, first = 0) => ({
  type: "scattergl",
  name: "7",
  meta: { name: "7" },
  x: coded(values),
  y: coded(values),
  customdata: letters(Uint16Array.from(values, (_, place) => first + place)),
  marker: { color: "#123456", size: 5, symbol: "square" },
});
const plot = (...seen) => ({
  _fullLayout: { xaxis: axis, yaxis: axis },
  _fullData: seen.map((visible) => ({ visible })),
});
const groups = (...all) => groupsOf({ data: all.map(trace) }, plot(...all.map(() => true)));

test("points are where the eye sees them, and a hidden class has none", () => {
  const figure = { data: [trace([1, 2]), trace([3])] };
  const found = groupsOf(figure, plot(true, "legendonly"));
  assert.deepEqual(found.map(({ x }) => [...x]), [[10, 20]]);
});

test("numbers that are written in another way are an error, not silence", () => {
  assert.throws(() => groupsOf({ data: [{ ...trace([1]), x: [1] }] }, plot(true)), /typed numbers/);
});

test("the point next to the pointer is found, by its place in the atlas, and none far away", () => {
  const cloud = new Cloud({});
  cloud.now = groupsOf({ data: [trace([1, 2]), trace([5, 9], 40)] }, plot(true, true));
  assert.deepEqual(cloud.at(51, 52), { number: 40, name: "7", x: 50, y: 50 });
  assert.equal(cloud.at(70, 70), undefined);
  assert.equal(cloud.where(41).x, 90);
  assert.equal(cloud.where(7), undefined);
});

test("Plotly gets the names of the classes, and corners between which its axes stretch", () => {
  const layout = {
    xaxis: { autorangeoptions: { minallowed: -2, maxallowed: 3 } },
    yaxis: { autorangeoptions: { minallowed: 0, maxallowed: 1 } },
  };
  const shown = hollow([trace([1, 2])], layout);
  assert.deepEqual([shown[0].name, shown[0].x], ["7", [null]]);
  assert.deepEqual([shown[1].x, shown[1].y, shown[1].showlegend], [[-2, 3], [0, 1], false]);
});

test("half of the time is half of the way", () => {
  const [from, to] = [groups([0, 2]), groups([4, 2])];
  assert.deepEqual([...between(from, to, 0.5)[0].x], [20, 20]);
  assert.deepEqual([...between(from, to, 1)[0].x], [40, 20]);
});

test("only the same points glide", () => {
  const one = groups([0, 2]);
  assert.equal(alike(one, groups([5, 6])), true);
  assert.equal(alike(one, groups([5])), false);
  assert.equal(alike(one, groups([5, 6], [7])), false);
});

test("another content of a picture is no other axis, another place is one", () => {
  const figure = (source, x) => ({ layout: { xaxis: { title: "a" }, images: [{ source, x }] } });
  assert.equal(sameAxes(figure("one", 0), figure("other", 0)), true);
  assert.equal(sameAxes(figure("one", 0), figure("one", 1)), false);
});
