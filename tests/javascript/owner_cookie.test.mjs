import assert from "node:assert/strict";
import test from "node:test";
import mount, { tokenIn } from "../../assets/javascript/owner_cookie.js";

const [MINE, OTHER] = ["a".repeat(43), "b_-".padEnd(43, "c")];

/** What becomes of the cookies, and what the app is told. */
function mounted(document, protocol = "http:") {
  Object.assign(globalThis, { document, location: { protocol } });
  const told = [];
  mount({ data: new TextEncoder().encode(MINE), setStateValue: (...said) => told.push(said) });
  return told;
}

test("a token is found among other cookies, and nothing else is taken for one", () => {
  assert.equal(tokenIn(`x=1; ae_owner=${OTHER}; y=2`), OTHER);
  assert.equal(tokenIn(`ae_owner=${OTHER}`), OTHER);
  assert.equal(tokenIn(`not_ae_owner=${OTHER}`), undefined);
  assert.equal(tokenIn("ae_owner=short"), undefined);
});

test("a browser without a token keeps the one of this page, one that has another tells the app", () => {
  const empty = { cookie: "" };
  assert.deepEqual(mounted(empty), []);
  assert.equal(empty.cookie, `ae_owner=${MINE}; path=/; max-age=31536000; samesite=lax`);
  const encrypted = { cookie: "" };
  mounted(encrypted, "https:");
  assert.match(encrypted.cookie, /samesite=lax; secure$/);
  assert.deepEqual(mounted({ cookie: `ae_owner=${OTHER}` }), [["token", OTHER]]);
  assert.deepEqual(mounted({ cookie: `ae_owner=${MINE}` }), []);
});

test("a sandboxed frame, which has no cookies, is left alone", () => {
  const sandboxed = {
    get cookie() {
      throw new Error("sandboxed");
    },
    set cookie(_value) {
      assert.fail("written");
    },
  };
  assert.deepEqual(mounted(sandboxed), []);
});
