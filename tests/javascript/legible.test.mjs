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

/** Contrast as WCAG 2.2 defines it, written down once more. */
function contrast(...colours) {
  const [dark, light] = colours
    .map((text) => {
      const linear = [1, 3, 5].map((at) => {
        const share = parseInt(text.slice(at, at + 2), 16) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    })
    .sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

test("whatever the colour, it stands out from both themes' pages", () => {
  const parts = ["00", "33", "66", "99", "cc", "ff"];
  const colours = parts.flatMap((red) => parts.flatMap((green) => parts.map((blue) => `#${red}${green}${blue}`)));
  for (const page of ["#ffffff", "#12161c"]) {
    for (const wanted of [GRAPHIC, TEXT]) {
      for (const colour of colours) assert.ok(contrast(legible(colour, page, wanted), page) >= wanted, `${colour} on ${page}`);
    }
  }
});
