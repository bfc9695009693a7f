import assert from "node:assert/strict";
import test from "node:test";

globalThis.document = { addEventListener() {} };
const { Stage } = await import("../../assets/javascript/live/stage.js");

function stageWith(steps) {
  const stage = new Stage({}, "", "");
  stage.film.list(steps, "");
  return stage;
}

test("a frame that was overtaken on its way does not take the page back", () => {
  const stage = stageWith([10, 20]);
  stage.overtook = performance.now();
  assert.ok(stage.isLate({ step: 15 }));
  assert.ok(!stage.isLate({ step: 20 }), "it is known already");
  assert.ok(!stage.isLate({ step: 30 }), "it is newer");
});

test("a run that goes on from an earlier state takes the page with it", () => {
  assert.ok(!stageWith([10, 20]).isLate({ step: 15 }), "nothing has overtaken it");
});
