import assert from "node:assert/strict";
import test from "node:test";
import { sameBytes } from "../../assets/javascript/live/bytes.js";

test("bytes are compared one by one", () => {
  const bytes = (...values) => new Uint8Array(values);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 2)), true);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 3)), false);
  assert.equal(sameBytes(bytes(1, 2), bytes(1, 2, 3)), false);
  assert.equal(sameBytes(bytes(1, 2), undefined), false);
});
