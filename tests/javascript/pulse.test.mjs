import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Beating } from "../../assets/javascript/live/pulse.js";

/** Lets time pass, in steps: what a timer starts is not reached by the same step. */
function pass(milliseconds) {
  for (let passed = 0; passed < milliseconds; passed += 500) mock.timers.tick(500);
}

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** One that listens to nothing, and notes how often it asks. */
function beating() {
  const made = new Beating("", "");
  const asked = [];
  made.ask = (token) => asked.push(token);
  return { made, asked };
}

test("a page that wants to be drawn again is asked for until it wants nothing more", () => {
  const { made, asked } = beating();
  made.expect({ address: "", token: "", after: 1000 });
  pass(3500);
  assert.equal(asked.length, 3, "though the script brought nothing new, or never ran");
  made.expect({ address: "", token: "", after: 0 });
  pass(10_000);
  assert.equal(asked.length, 3);
});

test("it is asked for until it knows what was heard, and then no more", () => {
  const { made, asked } = beating();
  made.heard = "done";
  made.expect({ address: "", token: "running", after: 0 });
  pass(5000);
  assert.equal(asked.length, 2);
  made.expect({ address: "", token: "done", after: 0 });
  pass(10_000);
  assert.equal(asked.length, 2);
});

test("a page that was left asks for nothing", () => {
  const { made, asked } = beating();
  made.expect({ address: "", token: "", after: 1000 });
  made.close();
  pass(10_000);
  assert.deepEqual(asked, []);
});
