import assert from "node:assert/strict";
import test from "node:test";
import { alike, between, groupsOf } from "../../assets/javascript/live/glide.js";

const axis = { l2p: (value) => 10 * value };
const trace = (x, others = {}) => ({
  x,
  y: x,
  mode: "markers",
  visible: true,
  marker: { color: "#123456", size: 5, symbol: "square" },
  ...others,
});
const plot = (...traces) => ({ _fullLayout: { xaxis: axis, yaxis: axis }, _fullData: traces });

test("points are where the eye sees them, and a hidden class has none", () => {
  const groups = groupsOf(plot(trace([1, 2]), trace([3], { visible: "legendonly" }), trace([4], { mode: "text" })));
  assert.deepEqual(groups.map(({ x }) => [...x]), [[10, 20]]);
});

test("half of the time is half of the way", () => {
  const [from, to] = [groupsOf(plot(trace([0, 2]))), groupsOf(plot(trace([4, 2])))];
  assert.deepEqual([...between(from, to, 0.5)[0].x], [20, 20]);
  assert.deepEqual([...between(from, to, 1)[0].x], [40, 20]);
});

test("only the same points glide", () => {
  const one = groupsOf(plot(trace([0, 2])));
  assert.equal(alike(one, groupsOf(plot(trace([5, 6])))), true);
  assert.equal(alike(one, groupsOf(plot(trace([5])))), false);
  assert.equal(alike(one, groupsOf(plot(trace([5, 6]), trace([7])))), false);
});
