import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { curvesSvg, estimate, exact, histogramSvg, short } from "../../assets/javascript/odd/charts.js";
import * as judge from "../../assets/javascript/odd/judge.js";
import { Looking } from "../../assets/javascript/odd/looking.js";
import { Scored } from "../../assets/javascript/odd/scored.js";
import { called, caption, counted, detectorTable, examples, legend, named, verdict, which } from "../../assets/javascript/odd/telling.js";

const packed = (numbers) => Buffer.from(numbers.buffer).toString("base64");

/** Scores that come several times, and which of them are odd. */
function made(count = 60) {
  const scores = Array.from({ length: count }, (_, at) => Math.round(10 * Math.abs(Math.sin(7 * at)) + (at % 4 === 0 ? 3 : 0)));
  return { scores, odd: scores.map((_, at) => at % 4 === 0) };
}

const gains = {
  f1: ({ hits, misses, alarms }) => (2 * hits) / (2 * hits + misses + alarms),
  cost: ({ misses, alarms }) => -(5 * misses + alarms),
};

test("numbers come as bytes", () => {
  assert.deepEqual([...judge.floats(packed(Float32Array.of(1.5, -2)))], [1.5, -2]);
  assert.deepEqual([...judge.labels(packed(Int16Array.of(0, 300)))], [0, 300]);
});

test("what is of no normal class is odd, and nothing where none is named", () => {
  assert.deepEqual(judge.oddOnes([0, 3, 5], [0, 5]), [false, true, false]);
  assert.deepEqual(judge.oddOnes([0, 3], []), [false, false]);
});

test("what was found is examples with their scores, judged only where some are odd and some are not", () => {
  const part = {
    scores: [{ name: "error", validation: packed(Float32Array.of(1)), test: packed(Float32Array.of(0.5, 2, 0.25)) }],
    validation_labels: packed(Int16Array.of(1)),
    test_labels: packed(Int16Array.of(0, 1, 0)),
    rows: "",
  };
  const scored = new Scored({ ...part, normal: [0] });
  assert.deepEqual([scored.odd, scored.oddBefore, scored.judged], [[false, true, false], [true], true]);
  assert.deepEqual(scored.curves.roc, [{ name: "error", points: [[0, 0], [0, 1], [0.5, 1], [1, 1]] }]);
  const rows = [["number", "class", "odd", "error"], [0, "a", 0, 0.5], [1, "b", 1, 2], [2, "a", 0, 0.25]];
  assert.deepEqual(scored.rows(["a", "b"]), rows);
  const unjudged = new Scored({ ...part, normal: [] });
  assert.deepEqual([unjudged.judged, unjudged.curves], [false, { roc: [], pr: [] }]);
  assert.deepEqual(unjudged.rows(["a", "b"])[1], [0, "a", 0.5]);
  const of_file = new Scored({ ...part, normal: [], rows: packed(Int32Array.of(7, 12, 31)) });
  assert.deepEqual(of_file.rows(["a", "b"]).slice(0, 2), [["number", "row", "class", "error"], [0, 7, "a", 0.5]]);
});

test("a person reads which classes were learnt from, and which are odd", () => {
  const speaker = { word: (name, { classes } = {}) => (classes ? `${name} ${classes};` : `${name};`) };
  const animals = ["cat", "dog, wild", "cow"];
  assert.deepEqual(named(animals, "2, cat"), ["cow", "cat"]);
  assert.deepEqual(named(animals, "dog, wild"), ["dog, wild"]);
  assert.deepEqual(named(["1", "2"], "1"), ["1"], "a name that is a number is a name");
  assert.deepEqual(named(animals, "7, horse"), []);
  assert.equal(which(animals, ["cow"], ["cow"], speaker), "learnt_from cow; odd_are cat, dog, wild;");
  assert.equal(which(animals, [], [], speaker), "learnt_from_all; odd_none;");
  assert.equal(which(animals, [], animals, speaker), "learnt_from_all; odd_nobody;");
});

test("thresholds are the best of all there could be", () => {
  const { scores, odd } = made();
  const all = judge.ranked(scores, odd);
  const chosen = { f1: judge.byF1(all), cost: judge.byCost(all, 5) };
  for (const [name, gain] of Object.entries(gains)) {
    const every = [-1, ...scores].map((threshold) => gain(judge.confusion(scores, odd, threshold)));
    assert.equal(gain(judge.confusion(scores, odd, chosen[name])), Math.max(...every), name);
  }
  const cheap = judge.byCost(all, 0.0001);
  assert.deepEqual(judge.confusion(scores, odd, cheap).alarms, 0, "alarms cost more than all misses");
  const dear = judge.confusion(scores, odd, judge.byCost(all, 1e6));
  assert.equal(dear.misses, 0);
});

test("a quantile is one of the scores, as the server takes it", () => {
  assert.equal(judge.byQuantile([4, 1, 3, 2], 0.5), 3);
  assert.equal(judge.byQuantile([4, 1, 3, 2, 5], 0.5), 3);
  assert.equal(judge.byQuantile([5, 1], 0.95), 5);
});

test("the curves go from nothing found to all, and the area below is that of the pairs", () => {
  const { scores, odd } = made();
  const roc = judge.rocCurve(judge.ranked(scores, odd));
  assert.deepEqual([roc[0], roc.at(-1)], [[0, 0], [1, 1]]);
  let area = 0;
  for (let at = 1; at < roc.length; at++) area += ((roc[at][0] - roc[at - 1][0]) * (roc[at][1] + roc[at - 1][1])) / 2;
  let pairs = 0;
  let count = 0;
  scores.forEach((one, a) => scores.forEach((other, b) => {
    if (!odd[a] || odd[b]) return;
    count += 1;
    pairs += one > other ? 1 : one === other ? 0.5 : 0;
  }));
  assert.ok(Math.abs(area - pairs / count) < 1e-12);
  assert.equal(judge.precisionCurve(judge.ranked(scores, odd)).at(-1)[0], 1);
  const long = made(5000);
  const fine = judge.rocCurve(judge.ranked(long.scores.map((one, at) => one + at / 1e5), long.odd));
  assert.ok(fine.length < 500, "a curve of few points");
});

test("places along the axis lead back to scores, on both kinds of it", () => {
  for (const scores of [[0, 1, 2, 3], [0.01, 0.011, 0.012, 5], [-7, -7, -7]]) {
    const scale = judge.scaleOf(scores);
    assert.equal(scale.logarithmic, scores[3] === 5);
    for (const place of [0, 0.25, 1]) assert.ok(Math.abs(judge.placeOf(scale, judge.scoreAt(scale, place)) - place) < 1e-9);
  }
  const scale = judge.scaleOf([0, 10]);
  const [one, other] = judge.histogram([0, 1, 10, 10], [0, 0, 1, 0], [{ name: "a" }, { name: "b" }], scale, 2);
  assert.deepEqual([one.shares, other.shares], [[2 / 3, 1 / 3], [0, 1]]);
});

test("drawings have no name as markup", () => {
  const groups = [{ name: "<b>", colour: "#123", shares: [0.5, 0.5] }];
  const drawn = histogramSvg(groups, { low: 0, high: 1, logarithmic: false }, 0.5, 300, 100);
  assert.match(drawn, /class="ae-odd-threshold" d="M150 0/);
  assert.doesNotMatch(drawn, /<b>|NaN/);
  const curve = (name) => ({ name, points: [[0, 0], [1, 1]] });
  assert.doesNotMatch(curvesSvg([curve("<p>")], "<p>", undefined, ["<i>", "y"], [[0, 0], [1, 1]], 200, 200), /<i>|<p>|NaN/);
  const feature = { name: "<u>", share: 0.5, value: 1, expected: 2, category: "", guess: "<b>" };
  const shown = examples([{ row: 3, label: 0, score: 0.5, features: [feature], picture: "" }], () => "<s>", { word: (name, values) => JSON.stringify([name, values]) });
  assert.doesNotMatch(shown, /<u>|<s>|<b>/);
  assert.equal(short(0.000012), "1.2e-5");
});

test("values and rows are told so that they are found in the file", () => {
  assert.deepEqual([1004, 4163, 123456789, -12, 0.1234567, 170.25, 3.0000001].map(exact), ["1004", "4163", "123456789", "-12", "0.123457", "170.25", "3"]);
  // What a network expects is an estimate: as many digits as the value beside it has, but three at least.
  const guesses = [[6.66, 1.78251], [1009.79, 1021.4142], [1495, 1472.213], [3, 1.8734], [0.5, 0.0012345], [-2, -1.23456e-9], [NaN, 2.3456]];
  assert.deepEqual(guesses.map(([value, guess]) => estimate(guess, value)), ["1.78", "1021.41", "1472", "1.87", "0.00123", "-1.23e-9", "2.35"]);
  const speaker = { word: (name, values) => `${name} ${Object.values(values).join(" ")}` };
  assert.equal(called(2, [5, 6, 12], "id 1004", "file_example", speaker), "file_row_of 12 id 1004");
  assert.equal(called(2, [], undefined, "example", speaker), "example 2");
  const told = (category, guess) => {
    const feature = { name: "city", share: 0.5, value: 1, expected: -0.549, category, guess };
    return examples([{ row: 0, label: 0, score: 1, features: [feature], picture: "" }], () => "", speaker);
  };
  assert.match(told("Shanghai", "Beijing"), /feature_category city Shanghai Beijing 50</);
  assert.match(told("Shanghai", "Shanghai"), /feature_unsure/);
  assert.match(told("", "Beijing"), /feature_new city Beijing/);
  speaker.word = () => "age: 31 (50 %)";
  assert.match(told("", ""), />age: 31 \(50\u00a0%\)</, "no line begins with a percent sign");
});

const detector = (name, auc, p_value = null) => ({ name, rows: 9, auc, auc_interval: [auc, auc], ap: 0.5, ap_interval: [0, 1], p_value, threshold: 1 });

test("the verdict names who is better, and says what may be chance", () => {
  const speaker = { word: (name) => name };
  const found = (own, pca, p, other = 0) => ({ own: 2, whole: { normal: [0], alone: true }, detectors: [detector("error", own), detector("distance", other, 0), detector("pca", pca, p)] });
  assert.equal(verdict(found(0.8, 0.9, 0.001), speaker), "verdict_rival");
  assert.equal(verdict(found(0.8, 0.81, 0.4), speaker), "verdict_maybe_rival");
  assert.equal(verdict(found(0.9, 0.8, 0.001), speaker), "verdict_own");
  assert.equal(verdict(found(0.9, 0.89, 0.4), speaker), "verdict_maybe_own");
  assert.match(verdict(found(0.3, 0.8, 0.001), speaker), /verdict_worse/);
  assert.match(verdict(found(0.214, 0.549, 0.001, 0.657), speaker), /verdict_rival verdict_other_best/, "the table's best is named");
  assert.equal(verdict(found(0.9, 0.8, 0.001, 0.99), speaker), "verdict_own verdict_other_best", "its own other scores are no rivals");
  assert.equal(verdict(found(0.8, 0.95, 0.001, 0.9), speaker), "verdict_rival verdict_other");
  const all = { ...found(0.9, 0.8, 0.001), whole: { normal: [0], alone: false } };
  assert.match(verdict(all, speaker), /learnt_all/);
  assert.equal(verdict({ ...all, detectors: [detector("error", null)] }, speaker), "unjudged");
  assert.match(detectorTable(found(0.8, 0.9, 0.001), speaker), /ae-odd-own/);
});

test("what stands below the examples speaks of what they are", () => {
  const shown = (picture) => [{ row: 0, label: 0, score: 1, features: [], picture }];
  assert.equal(caption({ noun: "image", oddest: shown("x") }), "picture");
  assert.equal(caption({ noun: "series", oddest: shown("x") }), "curves");
  assert.equal(caption({ noun: "row", oddest: shown("x") }), "curve", "of columns without names");
  assert.equal(caption({ noun: "row", oddest: shown("") }), "listed");
});

test("where nothing lies above the threshold precision is of nothing, and what to do is said", () => {
  const speaker = { word: (name, values) => [name, ...Object.values(values ?? {})].join(" ") };
  assert.deepEqual(counted({ hits: 3, misses: 1, alarms: 1, passed: 5 }, true, speaker), ["f1_now 0.750 0.750 0.750"]);
  assert.deepEqual(counted({ hits: 0, misses: 4, alarms: 2, passed: 5 }, true, speaker), ["f1_now 0.000 0.000 0.000"]);
  assert.deepEqual(counted({ hits: 0, misses: 4, alarms: 0, passed: 6 }, true, speaker), ["f1_now 0.000 – 0.000", "none_above"]);
  assert.deepEqual(counted({ hits: 0, misses: 0, alarms: 0, passed: 6 }, false, speaker), ["above 0 6", "none_above"]);
  assert.deepEqual(counted({ hits: 0, misses: 0, alarms: 2, passed: 4 }, false, speaker), ["above 2 6"]);
});

const DETECTORS = ["error", "distance", "bound", "pca", "knn", "isolation_forest", "one_class_svm"];

test("all detectors share the charts, the chosen one bold and on top, and the legend draws each as the charts do", () => {
  const curves = DETECTORS.map((name) => ({ name, points: [[0, 0], [1, 1]] }));
  const drawn = curvesSvg(curves, "pca", [0.5, 0.5], ["x", "y"], [[0, 0], [1, 1]], 200, 200);
  const names = [...drawn.matchAll(/data-curve="(\w+)"/g)].map((found) => found[1]);
  assert.deepEqual([...names].sort(), [...DETECTORS].sort());
  assert.equal(names.at(-1), "pca");
  assert.match(drawn, /class="ae-odd-curve ae-odd-bold" data-curve="pca"/);
  assert.equal(drawn.match(/ae-odd-bold/g).length, 1);
  const told = legend(DETECTORS.map((name) => detector(name, 0.9)), "pca", { word: (name) => `<${name}>` });
  assert.equal(told.match(/data-curve/g).length, DETECTORS.length);
  assert.equal(told.match(/ae-odd-bold/g).length, 1);
  assert.match(told, /&#60;isolation_forest&#62;/);
});

/** Linear red, green and blue of a colour. */
const linear = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
const luminance = (rgb) => 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

/** What eyes without one kind of cone see (Machado, Oliveira & Fernandes 2009, severity 1). */
const EYES = {
  usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** CIELAB of linear red, green and blue. */
function lab(rgb) {
  const [r, g, b] = rgb.map((one) => Math.min(Math.max(one, 0), 1));
  const xyz = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089];
  const [x, y, z] = xyz.map((one) => (one > 0.008856 ? Math.cbrt(one) : 7.787 * one + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test("lines can be told apart in both themes, by colour with any eyes, and by their dashes", () => {
  const css = readFileSync(new URL("../../assets/odd.css", import.meta.url), "utf8");
  const found = [...css.matchAll(/data-curve="(\w+)"\] \{ stroke: light-dark\((#\w{6}), (#\w{6})\); stroke-dasharray: ([^;]+);/g)];
  const lines = Object.fromEntries(found.map(([, name, light, dark, dashes]) => [name, { light, dark, dashes }]));
  assert.deepEqual(Object.keys(lines).sort(), [...DETECTORS].sort());
  assert.equal(new Set(Object.values(lines).map(({ dashes }) => dashes)).size, DETECTORS.length);
  for (const [theme, ground] of [["light", "#ffffff"], ["dark", "#0e1117"]]) {
    for (const [name, line] of Object.entries(lines)) {
      const seen = contrast(luminance(linear(line[theme])), luminance(linear(ground)));
      assert.ok(seen >= 4, `${name} on ${theme}: ${seen}`);
    }
    const colours = ["error", "pca", "knn", "isolation_forest", "one_class_svm"].map((name) => linear(lines[name][theme]));
    for (const [eyes, matrix] of Object.entries(EYES)) {
      const shades = colours.map((rgb) => lab(matrix.map((row) => row.reduce((sum, part, at) => sum + part * rgb[at], 0))));
      shades.forEach((one, a) => shades.slice(a + 1).forEach((other, b) => {
        const distance = Math.hypot(...one.map((value, at) => value - other[at]));
        assert.ok(distance > 20, `${theme}, ${eyes}: ${a} and ${a + 1 + b} are ${distance.toFixed(1)} apart`);
      }));
    }
  }
});

test("it is asked again until it is found, or given up", async () => {
  const asked = [];
  const answers = [{ ok: true, told: { share: 0.5 } }, { ok: false, status: 429, told: { why: "later" } }, { ok: true, told: { share: 1, found: { own: 1 } } }];
  const ask = async (address, how) => {
    asked.push([how.method, address]);
    const { told, ...answer } = answers.shift() ?? { ok: false, status: 404, told: { why: "gone" } };
    return { ...answer, json: async () => told };
  };
  const looking = new Looking("/odd/run/7", "en", ask, 0);
  const heard = [];
  const found = await looking.look("1,2", ({ share, why }) => heard.push(share || why));
  assert.deepEqual([found.found, heard], [{ own: 1 }, [0.5, "later"]]);
  assert.match(asked[0][1], /^\/odd\/run\/7\/\w+\?words=en&normal=1%2C2$/);
  assert.equal((await looking.look("", () => {})).why, "gone");
  answers.push({ ok: true, told: { share: 0.1 } }, { ok: true, told: {} });
  const waiting = looking.look("", () => looking.cancel());
  assert.equal(await waiting, undefined);
  assert.equal(asked.at(-1)[0], "DELETE");
});
