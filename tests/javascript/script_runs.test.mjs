import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { ScriptRuns } from "../../assets/javascript/live/script_runs.js";

/** One that notes what it asks for. */
function runs() {
  const made = new ScriptRuns();
  const asked = [];
  made.ask = (_, value) => asked.push(value);
  return { made, asked };
}

test("a run of the script is asked for once, whatever is heard twice", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { made, asked } = runs();
  made.take("queued");
  made.hear("queued");
  made.hear("running");
  made.hear("running");
  assert.deepEqual(asked, ["running"]);
  made.take("running");
  mock.timers.tick(10_000);
  assert.deepEqual(asked, ["running"]);
  mock.timers.reset();
});

test("it is asked for again while the script brings what is older", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { made, asked } = runs();
  made.take("running");
  made.hear("done");
  made.take("running");
  mock.timers.tick(2_000);
  assert.deepEqual(asked, ["done", "done"]);
  made.take("done");
  mock.timers.tick(10_000);
  assert.deepEqual(asked, ["done", "done"]);
  mock.timers.reset();
});

test("what was asked for before a button was pressed is asked for after it too", () => {
  const { made, asked } = runs();
  made.hear("paused");
  made.take("paused");
  made.take("running"); // a button was pressed, and the script knew the answer at once
  made.hear("running");
  made.hear("paused");
  assert.deepEqual(asked, ["paused", "paused"]);
  made.forget();
});

test("nothing is asked for once something else is listened to", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { made, asked } = runs();
  made.hear("done");
  made.forget();
  mock.timers.tick(10_000);
  assert.deepEqual(asked, ["done"]);
  mock.timers.reset();
});

test("what was asked for before is asked for again by whoever is listened to next", () => {
  const { made, asked } = runs();
  made.hear("running");
  made.take("starting"); // brought by a run that was under way, with the address of another connection
  made.forget();
  made.hear("running");
  assert.deepEqual(asked, ["running", "running"]);
  made.forget();
});
