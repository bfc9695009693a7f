import assert from "node:assert/strict";
import test from "node:test";

import { lost, speak } from "../../assets/javascript/guard.js";

test("a page says its language, and that no browser is to translate it", () => {
  const classes = new Set();
  const page = { lang: "en", translate: true, classList: classes };
  speak(page, "zh");
  assert.deepEqual([page.lang, page.translate, [...classes]], ["zh", false, ["notranslate"]]);
});

test("a page is lost when nothing is on it any more", () => {
  assert.deepEqual([lost(null), lost({ childElementCount: 0 }), lost({ childElementCount: 1 })], [true, true, false]);
});
