import assert from "node:assert/strict";
import test from "node:test";
import { View } from "../../assets/javascript/live/view.js";

const map = (step) => ({ step, data: [], layout: { meta: { atlas: {} } } });

/** A view that has drawn its first frame, and notes how the next one is shown. */
const drawn = (different) => {
  const done = [];
  const root = { clientWidth: 300, querySelectorAll: () => [] };
  const rest = { movePoints() {}, settle() {}, tell: () => done.push("quickly"), draw: () => done.push("drawn") };
  return { done, root, drawn: { figure: map(0) }, drawing: false, looksDifferent: () => different, ...rest };
};

test("a frame in the colours of the last one is shown quickly, in others it is drawn, also while frames pass", async () => {
  for (const [different, how] of [[false, "quickly"], [true, "drawn"]]) {
    const view = drawn(different);
    await View.prototype.show.call(view, map(1));
    assert.deepEqual(view.done, [how]);
  }
});
