import assert from "node:assert/strict";
import test from "node:test";
import { beside, tile } from "../../assets/javascript/live/hover_card.js";

test("a tile is enlarged by a whole number and moved into sight", () => {
  const atlas = { url: "app/static/atlas-1.png", columns: 10, tile: [28, 20], count: 100, word: "image" };
  assert.deepEqual(tile(atlas, 23, "https://example.org/"), {
    width: "60px",
    height: "84px",
    backgroundImage: 'url("https://example.org/app/static/atlas-1.png")',
    backgroundSize: "600px auto",
    backgroundPosition: "-180px -168px",
  });
  assert.equal(tile({ ...atlas, tile: [200, 100] }, 0, "").width, "100px", "a large tile is not made smaller");
});

test("a card stands to the right of its point, to the left where there is no room, and inside the view", () => {
  const [card, view] = [{ width: 80, height: 100 }, { width: 400, height: 300 }];
  assert.deepEqual(beside({ x: 100, y: 150 }, card, view), { left: 114, top: 100 });
  assert.deepEqual(beside({ x: 350, y: 10 }, card, view), { left: 256, top: 0 });
  assert.deepEqual(beside({ x: 100, y: 299 }, card, view), { left: 114, top: 200 });
  assert.deepEqual(beside({ x: 50, y: 150 }, card, { width: 120, height: 300 }), { left: 0, top: 100 });
});
