import assert from "node:assert/strict";
import { test } from "node:test";

import { interval, legible, middle } from "../../assets/javascript/live/chart_tools.js";

test("a zoom keeps a place where it is, and a move keeps the length", () => {
  assert.deepEqual(interval([0, 10], 2, 2, 0), [1, 6]);
  assert.deepEqual(interval([1, 6], 2, 0.5, 0), [0, 10]);
  assert.deepEqual(interval([0, 10], 5, 1, 0.2), [2, 12]);
});

test("one comes nearer to where most of what is seen lies", () => {
  assert.equal(middle([9, 0.1, 0.2, 0.3, 50], [0, 10]), 0.3);
  assert.equal(middle([3, 1, 2], [10, 0]), 2);
  assert.equal(middle([50], [0, 10]), 5);
});

test("a name is read as it was given", () => {
  assert.equal(legible("a &lt;b&gt; &amp;lt; %&#123;x}<br>c"), "a <b> &lt; %{x}, c");
});
