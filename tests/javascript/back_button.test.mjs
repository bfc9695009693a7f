import assert from "node:assert/strict";
import test from "node:test";
import { oneEntryForEachPage } from "../../assets/javascript/back_button.js";

test("another page is another entry of the history, another setting is none", () => {
  const done = [];
  const history = {
    pushState: (_state, _unused, url) => done.push(`push ${url}`),
    replaceState: (_state, _unused, url) => done.push(`replace ${url}`),
  };
  globalThis.location = { href: "https://example.org/lab/learn?lesson=a", pathname: "/lab/learn" };
  oneEntryForEachPage(history);
  history.pushState({}, "", "?lesson=b");
  history.pushState({}, "", "/lab/learn?lesson=c");
  history.pushState({}, "");
  history.pushState({}, "", "/lab/compare?run=x");
  history.pushState({}, "", "https://example.org/lab/");
  assert.deepEqual(done, [
    "replace ?lesson=b",
    "replace /lab/learn?lesson=c",
    "replace undefined",
    "push /lab/compare?run=x",
    "push https://example.org/lab/",
  ]);
});
