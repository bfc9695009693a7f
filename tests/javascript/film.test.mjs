import assert from "node:assert/strict";
import test from "node:test";
import { Film } from "../../assets/javascript/live/film.js";

const frameOf = (step) => ({ step });
const film = (steps, fetched = []) => {
  const made = new Film(async (step) => {
    fetched.push(step);
    return step === 13 ? undefined : frameOf(step);
  });
  made.list(steps);
  return made;
};

test("a frame is fetched once, however many ask for it", async () => {
  const fetched = [];
  const one = film([0, 10, 20], fetched);
  const found = await Promise.all([one.get(10), one.get(10)]);
  assert.deepEqual(found, [{ step: 10 }, { step: 10 }]);
  await one.get(10);
  assert.deepEqual(fetched, [10]);
});

test("frames that come while a run trains lengthen the film, and stay when it is listed anew", () => {
  const one = film([0, 10]);
  one.add(frameOf(15));
  one.add(frameOf(20));
  assert.deepEqual(one.steps, [0, 10, 15, 20]);
  one.list([0, 10, 16]);
  assert.deepEqual(one.steps, [0, 10, 16, 20], "15 is not kept any more");
});

test("frames that were never heard of fill the film up to the newest that was", () => {
  const one = film([0, 10]);
  one.add(frameOf(40));
  one.fill([0, 10, 20, 30, 40, 50]);
  assert.deepEqual(one.steps, [0, 10, 20, 30, 40], "where it shows 40, nothing newer is known");
  one.fill([20, 40]);
  assert.deepEqual(one.steps, [0, 10, 20, 30, 40], "what was seen stays until the film is listed anew");
});

test("a run that goes on from an earlier state begins anew behind it", () => {
  const one = film([0, 10, 20, 30]);
  one.add(frameOf(15));
  assert.deepEqual(one.steps, [0, 10, 15]);
});

test("a frame that is not kept any more is left out", async () => {
  const one = film([0, 13, 20]);
  assert.equal(await one.get(13), undefined);
  assert.deepEqual(one.steps, [0, 20]);
  assert.equal(one.nearest(13), 20);
  assert.equal(one.nearest(3), 0);
});

test("frames are fetched before they are wanted, those that follow first", async () => {
  const fetched = [];
  await film([0, 10, 20, 30, 40], fetched).prefetch(2, 4);
  assert.deepEqual(fetched, [20, 30, 40, 10]);
});

test("frames of a run that is given more epochs are fetched anew, for they tell its length", async () => {
  const fetched = [];
  const one = new Film(async (step) => {
    fetched.push(step);
    return frameOf(step);
  });
  one.list([0, 10], "10");
  await one.get(0);
  one.list([0, 10], "10");
  await one.get(0);
  assert.deepEqual(fetched, [0]);
  one.list([0, 10, 20], "20");
  await one.get(0);
  assert.deepEqual(fetched, [0, 0]);
});

test("nothing is fetched ahead where the network is lost, and no frame is given up for it", async () => {
  const asked = [];
  const lost = async (step) => {
    asked.push(step);
    throw new TypeError("Failed to fetch");
  };
  const one = new Film(lost);
  one.list([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  await one.prefetch(0);
  assert.ok(asked.length <= 4, `asked for ${asked}`);
  assert.equal(one.steps.length, 10);
  await assert.rejects(one.get(0));
});

test("what was on its way when something else was wanted is not taken for it", async () => {
  const answers = [];
  const one = new Film(() => new Promise((resolve) => answers.push(resolve)));
  one.list([0]);
  const before = one.get(0);
  one.renew();
  const after = one.get(0);
  answers[1]({ step: 0, of: "now" });
  answers[0]({ step: 0, of: "before" });
  await Promise.all([before, after]);
  assert.equal(one.frames.get(0).of, "now");
});
