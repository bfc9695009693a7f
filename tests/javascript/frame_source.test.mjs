import assert from "node:assert/strict";
import test from "node:test";
import { FrameSource } from "../../assets/javascript/live/frame_source.js";

const content = { film: "a run", language: "en", edition: "7" };

/** A source, what it asks the app, and the lists that it was told; the app answers with what stands for an address. */
function source(answers) {
  const [asked, told] = [[], []];
  globalThis.fetch = async (address) => {
    asked.push(address);
    const { status = 200, body = null } = answers(address);
    return { ok: status === 200, status, json: async () => body };
  };
  return { asked, told, source: new FrameSource("base/", (steps) => told.push(steps)) };
}

test("a frame is asked for in the reader's language, with the panel that is looked at", async () => {
  const one = source(() => ({ body: { step: 30 } }));
  assert.deepEqual(await one.source.fetch(content, 30, "filters"), { step: 30 });
  assert.deepEqual(one.asked, ["base/film/a%20run/30?words=en&panel=filters&edition=7"]);
  assert.equal(await one.source.fetch({ ...content, film: "" }, 30, ""), undefined);
  assert.equal(one.asked.length, 1, "where there is no film nothing is asked");
});

test("where a frame is not kept any more, it is asked which ones are, and not at every frame", async () => {
  const one = source((address) => (address.includes("?") ? { status: 404 } : { body: [0, 60] }));
  for (const step of [20, 30]) assert.equal(await one.source.fetch(content, step, ""), undefined);
  assert.deepEqual([one.told, one.asked.filter((address) => !address.includes("?"))], [[[0, 60]], ["base/film/a%20run"]]);
});

test("an app that is away is an error, as the frame may be there", async () => {
  const one = source(() => ({ status: 502 }));
  await assert.rejects(one.source.fetch(content, 30, ""), /step 30 cannot be had: 502/);
  assert.deepEqual(one.told, []);
});
