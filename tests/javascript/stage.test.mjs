import assert from "node:assert/strict";
import test, { mock } from "node:test";

globalThis.document = { addEventListener() {} };
const { Stage } = await import("../../assets/javascript/live/stage.js");

function stageWith(steps) {
  const stage = new Stage({}, "", "");
  stage.film.list(steps, "");
  return stage;
}

test("what a run of the script brings overtakes the messages that are on their way, however late they come", () => {
  const stage = stageWith([10, 20]);
  for (const part of ["build", "begin", "listen", "present"]) stage[part] = () => ({ name() {}, fill() {} });
  stage.speech = { refuse() {}, status: "" };
  stage.arrivals.present = () => {};
  const content = { of: "a run", status: "brought", panels: [], views: [], texts: {}, moving: true };
  const frame = (step) => ({ step, marks: [], views: {} });
  stage.take({ ...content, steps: [10, 20, 90], frames: [frame(90)], at: 9 });
  stage.hear({ status: "before", frame: frame(85), token: "before", at: 8.5 });
  assert.deepEqual([stage.film.steps, stage.speech.status, stage.runs.heard], [[10, 20, 90], "brought", ""]);
  stage.hear({ status: "now", frame: frame(90), at: 9 });
  stage.hear({ status: "after", frame: frame(95), at: 9.5 });
  assert.deepEqual([stage.film.steps, stage.speech.status], [[10, 20, 90, 95], "after"]);
  stage.hear({ status: "unknown", frame: frame(96), at: 0 });
  assert.deepEqual([stage.film.last, stage.speech.status], [96, "unknown"], "of when nothing is known");
});

test("all that came while the page was busy is learnt, and only the newest frame drawn", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const stage = stageWith([10]);
  const [learnt, drawn] = [[], []];
  stage.content = {};
  stage.learn = ({ step }) => learnt.push(step);
  stage.present = (milliseconds) => drawn.push([learnt.at(-1), milliseconds > 0]);
  const hear = (...steps) => {
    for (const step of steps) stage.hear({ frame: { step } });
    mock.timers.tick(0);
  };
  hear(20);
  hear(30);
  hear(40, 50, 60);
  hear(70);
  assert.deepEqual(learnt, [20, 30, 40, 50, 60, 70]);
  assert.deepEqual(drawn, [[20, false], [30, true], [60, false], [70, true]], "and points glide where there is time");
  stage.hear({ frame: { step: 80 } });
  stage.arrivals.end();
  mock.timers.tick(0);
  assert.equal(drawn.length, 4);
  mock.timers.reset();
});

test("frames that a slow page did not hear of can be gone back to", () => {
  const stage = stageWith([10]);
  stage.content = { views: [] };
  stage.arrivals.present = () => {};
  stage.hear({ frame: { step: 40, views: {} }, steps: [10, 20, 30, 40] });
  assert.deepEqual(stage.film.steps, [10, 20, 30, 40]);
  stage.hear({ frame: { step: 35, views: {} }, steps: [10, 20, 30, 35] });
  assert.deepEqual(stage.film.steps, [10, 20, 30, 35], "it went on from an earlier state");
});

test("a run that goes on from an earlier state takes the page with it", () => {
  const stage = stageWith([10, 20]);
  stage.content = { views: [], at: 2 };
  stage.arrivals.present = () => {};
  stage.hear({ frame: { step: 15, views: {} }, at: 3 });
  assert.deepEqual(stage.film.steps, [10, 15]);
});

test("that fewer frames are kept than came is said once no more come, and not to whoever looks at one of them", () => {
  const stage = stageWith([0, 1, 2, 3, 4]);
  const words = { thinned: "{count} of {seen}" };
  const listed = (steps, moving) => {
    stage.remark = "";
    const seen = stage.film.steps.length;
    stage.content = { moving, words };
    stage.film.list(steps);
    stage.tellThinned(seen);
    return stage.remark;
  };
  assert.equal(listed([0, 1, 2, 4], true), "", "more come");
  assert.equal(listed([0, 2, 4], false), "3 of 4");
  assert.equal(listed([0, 2, 4], false), "", "it is said once");
  stage.step = 2;
  assert.equal(listed([0, 4], false), "");
});

test("a number that holds of now only is left out beside an earlier frame", async () => {
  const classes = new Map();
  const stage = stageWith([10, 20]);
  stage.root = { classList: { remove() {}, toggle: (name, on) => classes.set(name, on) } };
  globalThis.matchMedia = () => ({ matches: true });
  const at = async (step, chosen) => {
    stage.step = chosen;
    await stage.show({ step, texts: {}, views: {}, sentences: {} }, 0);
    return classes.get("ae-past");
  };
  assert.equal(await at(10, 10), true);
  assert.equal(await at(20, 20), false, "the newest one, although it was chosen");
  assert.equal(await at(10, undefined), false, "the newest one is on its way");
});
