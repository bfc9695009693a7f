import assert from "node:assert/strict";
import test from "node:test";
import { continues, replaces, sameBytes } from "../../assets/javascript/live/news.js";

const [first, later, other] = [{ of: "run 1", at: 10 }, { of: "run 1", at: 11 }, { of: "run 2", at: 1 }];

test("what the page brings replaces what is shown, unless that is a later picture of the same thing", () => {
  assert.equal(replaces(first, undefined), true);
  assert.equal(replaces(later, first), true);
  assert.equal(replaces(first, first), true);
  assert.equal(replaces(first, later), false);
  assert.equal(replaces(other, later), true);
  assert.equal(replaces({ of: "", at: 0 }, { of: "", at: 5 }), true);
});

test("what is heard continues what is shown if it is a later picture of the same thing", () => {
  assert.equal(continues(later, first), true);
  assert.equal(continues(first, first), false);
  assert.equal(continues(first, later), false);
  assert.equal(continues(later, other), false);
  assert.equal(continues(later, undefined), false);
});

test("bytes are compared one by one", () => {
  const bytes = (...values) => new Uint8Array(values);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 2)), true);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 3)), false);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 2, 3)), false);
  assert.equal(sameBytes(bytes(1, 2), undefined), false);
});
