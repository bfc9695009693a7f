import assert from "node:assert/strict";
import test from "node:test";
import { HiddenPart } from "../../assets/javascript/explore/hidden_part.js";
import { hiddenPart } from "../../assets/javascript/explore/hidden_parts.js";
import { HiddenSeriesPart } from "../../assets/javascript/explore/hidden_series_part.js";
import { learnt } from "../../assets/javascript/explore/learnt.js";
import { SeriesLook } from "../../assets/javascript/explore/series_look.js";
import { shade } from "../../assets/javascript/explore/shades.js";
import { SpelledLook } from "../../assets/javascript/explore/spelled_look.js";
import { ValueModel, filled } from "../../assets/javascript/explore/value_model.js";
import { Values, ranked, short } from "../../assets/javascript/explore/values.js";
import { Network } from "../../assets/javascript/network/network.js";

const near = (one, other, within = 1e-5) => assert.ok(Math.abs(one - other) <= within, `${one} is not ${other}`);

/** As much of a network as values need: `seen = raw * scale + offset`. */
function network(shape, scale, offset, filling) {
  const size = shape.reduce((product, one) => product * one, 1);
  return {
    scale: Float32Array.from(scale),
    offset: Float32Array.from(offset),
    exampleSize: size,
    array: () => Float32Array.from(filling ?? []),
    description: { examples: { shape, filling: filling ? { at: 0, shape } : null } },
  };
}

const titles = [{ name: "radius", unit: "mm", category: "" }, { name: "colour", unit: "", category: "red" }];

test("values are told as the file held them, and lie between the ends of their column", () => {
  const rows = [Float32Array.of(-1, 0), Float32Array.of(1, 1), Float32Array.of(NaN, 0)];
  const values = new Values(titles, network([2], [0.5, 1], [-5, 0]), rows, [0, 1, 0]);
  assert.deepEqual([values.text(-1, 0), values.text(1, 0), values.text(NaN, 0)], ["8 mm", "12 mm", "?"]);
  assert.deepEqual([...values.low, ...values.high], [8, 0, 12, 1]);
  near(values.share(0, 0), 0.5);
  near(values.seen(values.raw(0.3, 0), 0), 0.3);
  assert.deepEqual([values.name(0), values.name(1)], ["radius", "colour: red"]);
  assert.deepEqual(values.told, [0, 1], "all of few, in their order");
  const bare = new Values([], network([2], [1], [0]), rows, []);
  assert.deepEqual([bare.name(1), bare.text(0.25, 1)], ["x2", "0.25"]);
  const still = new Values([], network([1], [1], [0]), [Float32Array.of(3), Float32Array.of(3)], []);
  assert.deepEqual([still.low[0], still.high[0]], [2, 4], "a column that never changes has a middle");
  assert.deepEqual([short(1234.5678), short(0.000123456), short(-2)], ["1234.57", "0.000123456", "-2"]);
});

test("columns that tell classes apart come first; without classes those that vary", () => {
  const rows = [[0, 5, 0], [0.1, -5, 0], [9, 5, 0], [9.1, -5, 0]].map((row) => Float32Array.from(row));
  assert.deepEqual(ranked(3, rows, [0, 0, 1, 1]), [0, 1, 2]);
  assert.deepEqual(ranked(3, rows, [0, 1, 0, 1]), [1, 0, 2]);
  assert.deepEqual(ranked(3, rows, [0, 0, 0, 0]), [1, 0, 2]);
});

test("what is unknown is filled for the network, and counts neither in errors nor in means", () => {
  const net = network([3], [1], [0], [7, 8, 9]);
  const rows = [Float32Array.of(1, NaN, 3), Float32Array.of(3, NaN, 5)];
  assert.deepEqual([...filled(net, rows[0])], [1, 8, 3]);
  const whole = Float32Array.of(1, 2, 3);
  assert.equal(filled(net, whole), whole);
  const model = new ValueModel(net, rows, undefined, new Uint8Array(2), undefined, undefined);
  const mean = model.mean([0, 1]);
  assert.deepEqual([mean[0], mean[2]], [2, 4]);
  assert.ok(Number.isNaN(mean[1]), "nobody's value is known");
  near(model.error(rows[0], Float32Array.of(2, 100, 3)), 0.5);
  assert.deepEqual(model.alike(rows[1], 2).map(({ place }) => place), [1, 0]);
});

test("whether codes lie as a prior says hangs on the training, not on whether they are clouds", async () => {
  const place = { at: 0, shape: [2, 1] };
  for (const [prior, spread] of [[true, null], [true, 1], [false, null]]) {
    const description = { examples: { shape: [1], rows: place, filling: place }, encoder: { spread }, codes: { mean: place, covariance: null } };
    const parts = { description, scale: [1], offset: [0], exampleSize: 1, codeSize: 1, array: () => Float32Array.of(1, 2) };
    const net = Object.assign(Object.create(Network.prototype), parts, { coded: async (values) => values });
    for (const pictures of [undefined, [[1], [2]]]) {
      const wanted = { prior, atlas: { count: 2 }, labels: btoa("\0\0"), shape: [1, 1, 1], noun: "row", columns: titles, words: {} };
      const model = await learnt(wanted, pictures, net, () => {});
      assert.deepEqual([model.prior, model.clouded], [prior, spread !== null]);
    }
  }
});

test("the line that one draws over a channel has its moments and its values", () => {
  const series = [Float32Array.from({ length: 20 }, (_, at) => (at % 2 ? 100 : at / 2))];
  const look = new SeriesLook(new Values([], network([10, 2], [1], [0]), series, [0]), 5);
  const points = look.points(series[0], 0, [40, 296], [70, 26]);
  assert.equal(points.length, 10);
  for (const moment of [0, 4, 9]) {
    const spot = look.placeAt(points[moment].x, look.panel(0).low + (moment / 9) * (look.panel(0).high - look.panel(0).low));
    assert.deepEqual([spot.moment, spot.channel], [moment, 0]);
    near(spot.value, moment, 1e-3);
  }
  assert.equal(look.placeAt(100, -5), undefined, "above all channels");
  assert.equal(look.placeAt(100, 500, 1).channel, 1, "whoever strays stays on the channel");
});

test("a text is read letter by letter, and told as the likeliest letters", () => {
  const letters = ["a", "b", "c", "blank"].map((category) => ({ name: "letter", unit: "", category }));
  const values = new Values(letters, network([5, 4], [1], [0]), [new Float32Array(20)], [0]);
  assert.ok(values.spelled);
  const look = new SpelledLook(values);
  const read = look.read("CAB");
  assert.equal(look.spelled(read), "cab");
  assert.deepEqual([...read.subarray(12)], [0, 0, 0, 1, 0, 0, 0, 1], "blanks after the end");
  assert.equal(look.read("xa"), undefined);
  assert.equal(look.read("abcabc"), undefined);
});

test("colours go from dark to bright, and the unknown is grey", () => {
  assert.deepEqual([shade(-1), shade(0), shade(2), shade(NaN)], [[0, 34, 78], [0, 34, 78], [254, 232, 56], [128, 128, 128]]);
  near(shade(0.125)[0], 32.5);
});

test("one hides patches of pictures, and stretches of series whose training hid values, of nothing else", () => {
  const values = new Values([], network([64, 3], [1], [0]), [new Float32Array(192)], [0]);
  const series = { look: new SeriesLook(values, 16) };
  const offered = (model, patch, noise) => hiddenPart(model, { patch, noise: noise && { kind: noise } }) !== undefined;
  assert.deepEqual([offered(series, null, "masking"), offered(series, null, "gaussian"), offered(series, null, null)], [true, false, false]);
  assert.deepEqual([offered({ look: {} }, 4, null), offered({ look: {} }, null, "masking")], [true, false]);
  const part = Object.assign(Object.create(HiddenSeriesPart.prototype), { cutting: { columns: 16 }, series: series.look });
  assert.deepEqual([0, 1, 3 * 4 + 2, 191].map((at) => part.patchOf(at)), [0, 16, 33, 47], "channels side by side, four moments each");
});

test("while one drags, a worker is asked nothing for what one hides", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const codes = { nearest: () => [{ place: 0 }] };
  const draws = (here) => {
    let drawn = 0;
    const model = { here, codes, examples: [[1, 2]] };
    const part = Object.assign(Object.create(HiddenPart.prototype), { model, draw: () => void drawn++ });
    for (let move = 0; move < 20; move++) {
      part.show({ code: [move] });
      part.again(); // an answer to an older question
      t.mock.timers.tick(33);
    }
    const meanwhile = drawn;
    t.mock.timers.tick(1000);
    return [meanwhile, drawn - meanwhile];
  };
  assert.deepEqual(draws(false), [0, 1], "once, when one rests");
  assert.deepEqual(draws(true), [40, 0], "a browser that computes itself follows");
});
