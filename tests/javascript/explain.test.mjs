import assert from "node:assert/strict";
import { test } from "node:test";
import { board, colour } from "../../assets/javascript/explore/board.js";
import { explain } from "../../assets/javascript/network/explain.js";
import { Network } from "../../assets/javascript/network/network.js";

/** A network with one part: layers, and the numbers that they name. */
function networkOf(layers, numbers) {
  const part = { layers: [{ type: "Input", name: "input", inputs: [], shape: layers[0].from, activation: "linear" }, ...layers], spread: null };
  const one = { at: 0, shape: [1] };
  const description = { format: 2, worker: "", examples: { shape: layers[0].from, scale: one, offset: one }, encoder: part, decoder: part, codes: { count: 1, mean: one, covariance: null } };
  const text = new TextEncoder().encode(JSON.stringify(description));
  const length = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(4 + length + 4 * numbers.length).fill(32, 4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(text, 4);
  new Float32Array(bytes.buffer, 4 + length).set(numbers);
  return { network: new Network(bytes.buffer), part };
}

const wave = (count) => Float32Array.from({ length: count }, (_, at) => Math.sin(3 * at + 1));

test("every unit of a dense layer is the sum of what its inputs say", () => {
  const layer = { type: "Dense", name: "code", inputs: [0], from: [5], shape: [3], activation: "relu", kernel: { at: 0, shape: [3, 5] }, bias: { at: 15, shape: [3] } };
  const { network, part } = networkOf([layer], wave(18));
  const outputs = network.run(part, 5, wave(5), 1);
  for (let unit = 0; unit < 3; unit++) {
    const { weights, inputs, bias, sum, value, activation, shape } = explain(network, part, outputs, 1, unit);
    const total = weights.reduce((total, weight, at) => total + weight * inputs[at], bias);
    assert.ok(Math.abs(total - sum) < 1e-6 && Math.abs(Math.max(sum, 0) - value) < 1e-5);
    assert.deepEqual([activation, shape, value], ["relu", [5], outputs[1][unit]]);
  }
  assert.equal(explain(network, part, outputs, 0, 2), undefined);
});

test("every pixel of a feature map is the sum of the patch below it, the border too", () => {
  const layer = {
    type: "Convolution", name: "maps", inputs: [0], from: [5, 4, 2], shape: [3, 2, 3], activation: "linear",
    kernel: { at: 0, shape: [3, 3, 3, 2] }, bias: { at: 54, shape: [3] }, strides: [2, 2], before: [1, 0],
  };
  const { network, part } = networkOf([layer], wave(57));
  const outputs = network.run(part, 40, wave(40), 1);
  for (let unit = 0; unit < 18; unit++) {
    const { sum, value, shape } = explain(network, part, outputs, 1, unit);
    assert.ok(Math.abs(sum - value) < 1e-5, `unit ${unit}`);
    assert.deepEqual(shape, [3, 3, 2]);
  }
});

test("each number has a cell of its own, which finds it again", () => {
  for (const shape of [[28, 28, 1], [7, 7, 6], [128], [2], [1000]]) {
    const made = board(shape);
    const count = shape.reduce((product, one) => product * one, 1);
    const cells = new Set();
    for (let unit = 0; unit < count; unit++) {
      const { x, y } = made.cellOf(unit);
      assert.ok(x >= 0 && y >= 0 && x < made.columns && y < made.rows);
      assert.equal(made.unitAt(x + 0.5, y + 0.5), unit);
      cells.add(`${x},${y}`);
    }
    assert.equal(cells.size, count);
  }
  assert.equal(board([7, 7, 6]).unitAt(7, 0), undefined, "a gap");
  const { rows, columns } = board([28, 128]);
  assert.ok(rows < 96 && columns < 96, "many channels of a series stand in columns");
});

test("zero is dark, and far from it is bright", () => {
  assert.deepEqual(colour(0), [24, 26, 32]);
  assert.deepEqual(colour(1), [255, 170, 60]);
  assert.deepEqual(colour(-2), [70, 150, 255]);
});
