import assert from "node:assert/strict";
import test from "node:test";
import { GRAPHIC, TEXT, legible } from "../../assets/javascript/live/legible.js";

test("a colour that stands out stays as it is, in whatever way the background is written", () => {
  assert.equal(legible("#1965b0", "#ffffff"), "#1965b0");
  assert.equal(legible("#1965b0", "rgb(255, 255, 255)"), "#1965b0");
  assert.equal(legible("#bbbbbb", "#12161c"), "#bbbbbb");
});

test("one that does not goes towards black on white, towards white on black, and no farther than it must", () => {
  assert.match(legible("#bbbbbb", "#fff"), /^#([6-9].)\1\1$/);
  const lighter = legible("#1965b0", "#12161c");
  assert.ok(parseInt(lighter.slice(1, 3), 16) > 0x19);
  assert.notEqual(legible("#1965b0", "#12161c", TEXT), lighter, "text needs more");
  assert.ok(TEXT > GRAPHIC);
});

test("what is no plain colour is left alone", () => {
  for (const other of ["rgba(0,0,0,0)", "red", "#fff"]) assert.equal(legible(other, "#ffffff"), other);
});
