import assert from "node:assert/strict";
import test from "node:test";
import { Viewport } from "../../assets/javascript/explore/viewport.js";

/** A plane from -2 to 2 and from 0 to 3, on 400 by 300 pixels. */
function viewport() {
  const made = new Viewport({ clientWidth: 400, clientHeight: 300 });
  made.ends = made.whole = [-2, 2, 0, 3];
  return made;
}

const close = (one, other) => [...Object.keys(one)].forEach((key) => assert.ok(Math.abs(one[key] - other[key]) < 1e-9, key));

test("a place is where its pixel is, up is up", () => {
  const all = viewport();
  close(all.pixelOf({ x: -2, y: 3 }), { x: 0, y: 0 });
  close(all.pixelOf({ x: 1, y: 1 }), { x: 300, y: 200 });
  close(all.placeAt(all.pixelOf({ x: 0.3, y: 2.2 })), { x: 0.3, y: 2.2 });
});

test("a zoom keeps a place at its pixel, and ends at the whole", () => {
  const one = viewport();
  const place = { x: 1.5, y: 0.5 };
  const before = one.pixelOf(place);
  one.ends = one.zoomed(4, place);
  close(one.pixelOf(place), before);
  close([one.nearness], [4]);
  assert.equal(one.zoomed(1 / 5, place), one.whole);
});

test("a move shows what lies beside it", () => {
  const one = viewport();
  assert.ok(one.holds({ x: 2, y: 0 }) && !one.holds({ x: 2.1, y: 1 }) && !one.holds({ x: 0, y: -0.1 }));
  one.ends = one.moved(1, -0.5);
  assert.deepEqual([one.ends, one.whole], [[-1, 3, -0.5, 2.5], [-2, 2, 0, 3]]);
  assert.ok(one.holds({ x: 2.1, y: 1 }) && one.holds({ x: 0, y: -0.1 }) && !one.holds({ x: -1.5, y: 1 }));
});
