import assert from "node:assert/strict";
import test from "node:test";
import { read, written } from "../../assets/javascript/explore/address.js";
import { Cut } from "../../assets/javascript/explore/axis.js";
import { Codes } from "../../assets/javascript/explore/codes.js";
import { contours } from "../../assets/javascript/explore/density.js";
import { dot } from "../../assets/javascript/explore/directions.js";
import { around, rectangle } from "../../assets/javascript/explore/fence.js";
import { Laying } from "../../assets/javascript/explore/laying.js";
import { Layout } from "../../assets/javascript/explore/layout.js";
import { drawn, mixture } from "../../assets/javascript/explore/mixture.js";
import { nearestRows } from "../../assets/javascript/explore/neighbours.js";
import { below, damaged } from "../../assets/javascript/explore/noise.js";
import { inkOf, lit } from "../../assets/javascript/explore/pixels.js";
import { normals } from "../../assets/javascript/explore/random.js";
import { csv } from "../../assets/javascript/explore/save.js";
import { alongArc, between } from "../../assets/javascript/explore/ways.js";

const near = (one, other, within) => assert.ok(Math.abs(one - other) <= within, `${one} is not ${other}`);
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Codes of four numbers that spread along (1, 1, 0, 0), then along the third; the fourth is always 7. */
function spread(covariance) {
  const count = 400;
  const random = normals(2 * count);
  const values = new Float32Array(4 * count);
  for (let place = 0; place < count; place++) {
    const [wide, narrow] = [5 * random[2 * place], random[2 * place + 1]];
    values.set([wide + 1, wide, narrow, 7], 4 * place);
  }
  const mean = Float32Array.from({ length: 4 }, (_, at) => sum([...values].filter((_, place) => place % 4 === at)) / count);
  const found = new Float32Array(16);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      for (let place = 0; place < count; place++) {
        const [a, b] = [values[4 * place + row] - mean[row], values[4 * place + column] - mean[column]];
        found[4 * row + column] += (a * b) / count;
      }
    }
  }
  return new Codes(values, 4, { mean, covariance: covariance ? found : null });
}

for (const covariance of [true, false]) {
  test(`directions are those of the widest spread, ${covariance ? "by the covariance" : "by the examples"}`, () => {
    const { directions, units } = spread(covariance);
    const [first, second] = directions;
    near(dot(first.vector, Float32Array.of(Math.SQRT1_2, Math.SQRT1_2, 0, 0)), 1, 1e-3);
    near(Math.abs(second.vector[2]), 1, 1e-2);
    near(dot(first.vector, second.vector), 0, 1e-4);
    assert.ok(first.deviation > 4 * second.deviation);
    near(first.low + first.high, 0, 0.6 * (first.high - first.low), "0 is the mean");
    assert.deepEqual(units.slice(2).map((axis) => axis.key), ["n3", "n4"], "those that are used most come first");
  });
}

test("the numbers of a code that a plane shows stand in their own order", () => {
  const codes = new Codes(Float32Array.of(0, -9, 1, 9), 2, { mean: Float32Array.of(0.5, 0), covariance: null });
  assert.deepEqual(codes.units.map((axis) => axis.key), ["n1", "n2"]);
});

test("a code is moved along one axis and keeps its place on the others", () => {
  const codes = spread(true);
  const [first, second] = codes.directions;
  const moved = first.moved(codes.at(3), 2.5);
  near(first.value(moved), 2.5, 1e-4);
  near(second.value(moved), second.value(codes.at(3)), 1e-3);
});

test("a place of a plane has a code that lies there, also where its axes are not at right angles", () => {
  const codes = spread(true);
  const [one, other] = [codes.directions[0], codes.units.find((axis) => axis.key === "n1")];
  for (const [across, up] of [[codes.directions[0], codes.directions[1]], [one, other]]) {
    const cut = new Cut(codes.mean, across, up);
    const { x, y } = cut.placeOf(cut.codeAt(1.25, -0.5));
    near(x, 1.25, 1e-3);
    near(y, -0.5, 1e-3);
  }
});

test("samples have the mean and the spread of the codes, and none without temperature", () => {
  const codes = spread(true);
  const clouds = mixture(codes.values, codes.size);
  near(sum(clouds.map(({ share }) => share)), 1, 1e-4);
  const coldest = clouds.map((_, at) => drawn(clouds, sum(clouds.slice(0, at).map(({ share }) => share)) + 1e-6, normals(codes.size), 0));
  assert.deepEqual(coldest, clouds.map(({ mean }) => mean));
  const samples = Array.from({ length: 2000 }, () => drawn(clouds, Math.random(), normals(codes.size), 1));
  const along = samples.map((code) => codes.directions[0].value(code));
  near(Math.sqrt(sum(along.map((value) => value * value)) / along.length) / codes.directions[0].deviation, 1, 0.15);
  assert.ok(samples.every((code) => Math.abs(code[3] - 7) < 1e-3));
});

test("a mixture finds heaps of codes, and no sample lies between them", () => {
  const heaps = [[0, 0], [10, 0], [0, 10]];
  const codes = Float32Array.from({ length: 600 }, (_, at) => heaps[Math.floor(at / 2) % 3][at % 2] + 0.5 * normals(1)[0]);
  const clouds = mixture(codes, 2, 3);
  for (const heap of heaps) assert.ok(clouds.some(({ mean }) => Math.hypot(mean[0] - heap[0], mean[1] - heap[1]) < 0.3));
  for (let time = 0; time < 200; time++) {
    const [x, y] = drawn(clouds, Math.random(), normals(2), 1);
    assert.ok(heaps.some((heap) => Math.hypot(heap[0] - x, heap[1] - y) < 3));
  }
  const [one] = mixture(Float32Array.of(1, 2, 1, 2), 2);
  assert.deepEqual([...one.mean], [1, 2], "of few codes, one that has hardly any spread");
});

test("the nearest rows come in their order", () => {
  const rows = [[0, 0], [3, 4], [1, 0], [0, 2]];
  const found = nearestRows(rows.length, (place) => rows[place], [0, 0], 3);
  assert.deepEqual(found, [{ place: 0, distance: 0 }, { place: 2, distance: 1 }, { place: 3, distance: 2 }]);
});

test("lines of density hold their share of the points", () => {
  const points = normals(8000);
  const [half, most] = contours(points, [-4, 4, -4, 4], [0.5, 0.95]);
  const radius = (pieces) => sum(pieces.map(([x, y]) => Math.hypot(x, y))) / pieces.length;
  near(radius(half), Math.sqrt(2 * Math.log(2)), 0.2);
  near(radius(most), Math.sqrt(2 * Math.log(20)), 0.35);
});

test("what a line goes around is found", () => {
  const fence = rectangle({ x: 1, y: 1 }, { x: 5, y: 3 });
  assert.ok(around(fence, { x: 2, y: 2 }));
  assert.ok(!around(fence, { x: 0, y: 2 }) && !around(fence, { x: 2, y: 4 }));
  const angle = [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 4 }, { x: 3, y: 4 }, { x: 3, y: 1 }, { x: 0, y: 1 }];
  assert.ok(around(angle, { x: 3.5, y: 3 }) && !around(angle, { x: 1, y: 3 }));
  assert.ok(!around([], { x: 0, y: 0 }));
});

test("noise hits the share of values that its factor says", () => {
  near(below(0), 0.5, 1e-6);
  near(below(1.959964), 0.975, 1e-6);
  near(below(-1), 0.1586553, 1e-6);
  const [values, numbers] = [new Float32Array(20_000).fill(0.5), normals(20_000)];
  const share = (kind, wanted) => {
    const hit = damaged(values, numbers, { kind, factor: 0, unit_range: true }, 0.3);
    return hit.filter((value) => value === wanted).length / hit.length;
  };
  near(share("masking", 0), 0.3, 0.02);
  near(share("salt_and_pepper", 0), 0.15, 0.02);
  near(share("salt_and_pepper", 1), 0.15, 0.02);
  const wide = damaged(values, numbers, { kind: "gaussian", factor: 0, unit_range: false }, 2);
  near(Math.sqrt(sum([...wide].map((value) => (value - 0.5) ** 2)) / wide.length), 2, 0.06);
  assert.ok(damaged(values, numbers, { kind: "gaussian", factor: 0, unit_range: true }, 2).every((one) => one >= 0 && one <= 1));
});

test("dark ink on bright paper becomes bright on dark, and a shadow nothing", () => {
  const width = 20;
  const photo = Uint8Array.from({ length: width * width }, (_, at) => (at % width === 10 && at > 60 && at < 340 ? 40 : 220));
  photo[5 * width + 3] = 205; // a shadow
  const found = lit(photo, width);
  assert.equal(found[5 * width + 10], 255);
  assert.equal(found[5 * width + 3], 0);
  near(inkOf(found, width).x, 10, 1e-6);
  const negative = lit(photo.map((value) => 255 - value), width);
  assert.deepEqual(negative, found);
});

test("an address names what is looked at, as far as it fits", () => {
  const view = { at: Float32Array.of(0.123456, -2), from: undefined, to: undefined, axes: ["d1", "n3"] };
  const search = written("?run=a&seed=4&from=1,2", view);
  assert.equal(search, "?run=a&seed=4&at=0.123,-2&axes=d1,n3");
  const found = read(search, 2);
  near(found.at[0], 0.123, 1e-6);
  assert.deepEqual(found.axes, ["d1", "n3"]);
  for (const wrong of ["?at=1", "?at=1,x", "?at=1,", "?at=1,Infinity", "?"]) assert.equal(read(wrong, 2).at, undefined);
  assert.equal(written("?run=a", { ...view, at: new Float32Array(100), axes: [] }), "?run=a", "never longer than a line");
});

test("ways begin and end where they should, and an arc keeps its distance", () => {
  const [from, to] = [Float32Array.of(2, 0), Float32Array.of(0, 2)];
  for (const way of [between, alongArc]) {
    near(way(from, to, 0)[0], 2, 1e-6);
    near(way(from, to, 1)[1], 2, 1e-6);
  }
  near(Math.hypot(...alongArc(from, to, 0.5)), 2, 1e-5);
  near(Math.hypot(...between(from, to, 0.5)), Math.SQRT2, 1e-5);
  for (const share of [0.1, 0.5, 0.9]) {
    const code = alongArc(Float32Array.of(3, 0), Float32Array.of(-1, 0.01), share);
    near(Math.hypot(...code), 3 - 2 * share, 1e-4); // nearly opposite ends of different lengths leap nowhere
  }
});

test("a table is written as spreadsheets read it", () => {
  assert.equal(csv([["a", 'say "x", y'], [1, 2.5]]), 'a,"say ""x"", y"\r\n1,2.5\r\n');
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]) {
    assert.equal(csv([["class", text, -1.5]]), `class,'${text},-1.5\r\n`, "a text is no formula, a number stays one");
  }
  assert.equal(csv([["\r=1"]]), `"'\r=1"\r\n`, "and begins no line of its own");
});

test("a layout has a place for each example, and keys go from one to the next", () => {
  const layout = new Layout(Float32Array.of(0, 0, 2, 0.5, 5, 0, -1, 3, 0.4, 1), 40);
  const [left, right, bottom, top] = layout.ends;
  assert.ok(left < -1 && right > 5 && bottom < 0 && top > 3 && right - left < 8);
  assert.deepEqual([layout.towards(0, [1, 0]), layout.towards(1, [1, 0]), layout.towards(0, [0, 1])], [1, 2, 4]);
  assert.deepEqual([layout.towards(2, [-1, 0]), layout.towards(4, [0, 1]), layout.towards(2, [1, 0])], [1, 3, 2]);
  assert.ok(new Layout(new Float32Array(6), 0).ends.every(Number.isFinite), "also where all lie on one place");
});

/** An app that answers in turn, and the questions that it was asked. */
function laying(...answers) {
  const asked = [];
  const ask = async (address, { method }) => {
    asked.push(`${method} ${address.split("/").slice(0, 3).join("/")}`);
    const [status, told] = answers.shift() ?? [200, { share: 0.5 }];
    return { ok: status === 200, status, json: async () => told };
  };
  return { asked, one: new Laying("layout/run", "en", ask, 0) };
}

test("a layout is asked for until it is there, and says how far it is", async () => {
  const { asked, one } = laying([429, { why: "Others." }], [200, { share: 0.25 }], [200, { share: 1, places: [1, 2, 3, 4] }]);
  const told = [];
  const { places } = await one.lay(40, (share, why) => told.push([share, why]));
  assert.deepEqual([...places], [1, 2, 3, 4]);
  assert.deepEqual(told, [[0, "Others."], [0.25, ""]]);
  one.cancel(40);
  assert.deepEqual(asked, Array(3).fill("POST layout/run/40"), "what has ended needs no end");
});

test("a layout that cannot be had says why, and one that is given up nothing", async () => {
  const why = "There is no such run any more.";
  assert.equal((await laying([404, { why }]).one.lay(40, () => {})).why, why);
  assert.equal((await laying([502, undefined]).one.lay(40, () => {})).places, undefined, "as behind a proxy");
  const { asked, one } = laying();
  assert.equal(await one.lay(40, () => one.cancel(40)), undefined);
  assert.deepEqual(asked, ["POST layout/run/40", "DELETE layout/run/40"]);
  const [first, second] = [one.lay(40, () => {}), one.lay(80, () => one.cancel(80))];
  assert.deepEqual(await Promise.all([first, second]), [undefined, undefined], "the last wish counts");
});
