import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { RemoteNetwork } from "../../assets/javascript/network/remote.js";

mock.timers.enable({ apis: ["setTimeout"] });

/** A network whose worker answers when the test wants, with each number doubled; codes have 2 numbers, examples 3. */
function remote() {
  const place = { at: 0, shape: [1] };
  const description = {
    format: 2,
    worker: "It has a layer of another kind.",
    examples: { shape: [3], scale: place, offset: place },
    encoder: { layers: [], spread: null },
    decoder: { layers: [], spread: null },
    codes: { count: 1, mean: { at: 0, shape: [2] }, covariance: null },
  };
  const text = new TextEncoder().encode(JSON.stringify(description));
  const length = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(4 + length + 8).fill(32, 4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(text, 4);
  const asked = [];
  const network = new RemoteNetwork(bytes.buffer, (part, values) => new Promise((resolve) => asked.push({ part, values: [...values], resolve })));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (values) => {
    asked.at(-1).resolve({ status: 200, values: Float32Array.from(values) });
    await settle();
  };
  const fail = async (status) => {
    asked.at(-1).resolve({ status });
    await settle();
  };
  return { network, asked, answer, fail, settle };
}

const of = (...numbers) => Float32Array.from(numbers);

test("what is not known yet is what was known last, and the newest question wins", async () => {
  const { network, asked, answer } = remote();
  let heard = 0;
  network.listen = () => heard++;
  assert.deepEqual(network.decode(of(1, 1)), of(0, 0, 0));
  network.decode(of(2, 2));
  network.decode(of(3, 3));
  assert.equal(asked.length, 1, "one at a time");
  await answer([1, 1, 1]);
  assert.equal(heard, 1);
  assert.deepEqual(asked.map(({ values }) => values), [[1, 1], [3, 3]], "the one between is overtaken");
  assert.deepEqual(network.decode(of(1, 1)), of(1, 1, 1));
  assert.deepEqual(network.decode(of(3, 3)), of(1, 1, 1));
  assert.equal(network.settled, false);
  await answer([3, 3, 3]);
  assert.deepEqual(network.decode(of(3, 3)), of(3, 3, 3));
  assert.equal(asked.length, 2, "what is known is not asked again");
  assert.equal(network.settled, true);
});

test("codes are asked before pictures, which may be of an older code", async () => {
  const { network, asked, answer } = remote();
  network.decode(of(9, 9));
  network.decode(of(8, 8, 7, 7), 2);
  network.encode(of(1, 2, 3));
  await answer([9, 9, 9]);
  assert.deepEqual(asked.map(({ part }) => part), ["decoder", "encoder"]);
});

test("a question that no worker could answer is asked again, a wrong one is not", async () => {
  const { network, asked, answer, fail, settle } = remote();
  network.decode(of(1, 1));
  await fail(503);
  assert.equal(asked.length, 1);
  mock.timers.tick(1000);
  await settle();
  assert.equal(asked.length, 2);
  await answer([1, 1, 1]);
  network.decode(of(2, 2));
  await fail(409);
  mock.timers.tick(10_000);
  await settle();
  assert.equal(asked.length, 3);
  await network.settle();
});

test("whoever needs all of it waits, and a page that is left asks no more", async () => {
  const { network, asked, answer, settle } = remote();
  network.decode(of(1, 1));
  let done = false;
  network.settle().then(() => (done = true));
  await settle();
  assert.equal(done, false);
  await answer([1, 1, 1]);
  assert.equal(done, true);
  network.close();
  network.decode(of(2, 2));
  await settle();
  assert.equal(asked.length, 1);
});
