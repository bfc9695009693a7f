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

test("codes do not wait for pictures, which may be of an older code", async () => {
  const { network, asked, answer } = remote();
  network.decode(of(9, 9));
  network.decode(of(8, 8, 7, 7), 2);
  network.encode(of(1, 2, 3));
  assert.deepEqual(asked.map(({ part }) => part), ["decoder", "encoder"]);
  network.encode(of(4, 5, 6));
  await answer([1, 1]);
  assert.deepEqual(asked.map(({ values }) => values), [[9, 9], [1, 2, 3], [4, 5, 6]], "one of each at a time");
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

test("each part of the page has its own newest question, and hears of its own answers only", async () => {
  const { network, asked, answer, settle } = remote();
  const heard = [];
  const [one, other] = ["one", "other"].map((name) => network.askedBy(() => heard.push(name)));
  one.decode(of(1, 1));
  one.decode(of(2, 2));
  other.decode(of(3, 3));
  await answer([1, 1, 1]);
  assert.deepEqual(heard, ["one"]);
  assert.deepEqual(asked[1].values, [2, 2, 3, 3], "small questions go together");
  assert.equal(asked.length, 2);
  await answer([2, 2, 2, 3, 3, 3]);
  assert.deepEqual(heard, ["one", "one", "other"]);
  assert.deepEqual(one.decode(of(9, 9)), of(2, 2, 2));
  assert.deepEqual(other.decode(of(9, 9)), of(3, 3, 3), "and what it was answered last");
  await settle();
  assert.deepEqual(asked[2].values, [9, 9]);
  await answer([9, 9, 9]);
  assert.equal(asked.length, 3, "what both have asked is asked once");
  assert.deepEqual(other.decode(of(9, 9)), of(9, 9, 9));
  assert.deepEqual(heard.slice(3), ["one", "other"]);
});

test("a large question goes piece by piece, and lets small ones pass", async () => {
  const { network, asked, answer } = remote();
  const sheet = network.askedBy(() => {});
  const codes = Float32Array.from({ length: 2 * 70 }, (_, at) => at);
  sheet.decode(codes, 70);
  assert.equal(asked[0].values.length, 2 * 32);
  network.decode(of(5, 5));
  const answered = (count, first) => Array.from({ length: 3 * count }, (_, at) => first + at);
  await answer(answered(32, 0));
  assert.deepEqual(asked[1].values, [5, 5]);
  await answer([5, 5, 5]);
  assert.deepEqual(asked[2].values, [...codes.subarray(64, 128)]);
  await answer(answered(32, 96));
  await answer(answered(6, 192));
  assert.deepEqual([...sheet.decode(codes, 70)], answered(70, 0));
  assert.equal(network.settled, true);
});

test("an answer says when that was done which it is about", async () => {
  const { network, answer } = remote();
  network.began = 100;
  network.decode(of(1, 1));
  assert.equal(network.since, undefined);
  network.began = 130;
  network.decode(of(2, 2));
  await answer([1, 1, 1]);
  network.began = 160;
  network.decode(of(3, 3));
  assert.equal(network.since, 100);
  await answer([2, 2, 2]);
  network.decode(of(1, 1));
  assert.equal(network.since, 160, "what is known is there at once");
});
