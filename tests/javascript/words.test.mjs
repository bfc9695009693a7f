import assert from "node:assert/strict";
import { test } from "node:test";

import { Finder } from "../../assets/javascript/words.js";

const entry = (term, ...also) => ({ term, forms: [term, ...also], meaning: "", lesson: "", title: "" });
const named = (finder, text) => finder.all(text).map(({ entry: { term }, start, end }) => [term, text.slice(start, end)]);

test("whole words are found, in the plural and at the beginning of a sentence too", () => {
  const finder = new Finder([entry("Code"), entry("Loss"), entry("Epoch"), entry("β")]);
  assert.deepEqual(named(finder, "Codes, decoded: the loss of 3 epochs at β = 1."), [
    ["Code", "Codes"],
    ["Loss", "loss"],
    ["Epoch", "epochs"],
    ["β", "β"],
  ]);
});

test("the longest word counts, also over the end of a line", () => {
  const finder = new Finder([entry("Unit"), entry("Dead unit"), entry("KL divergence", "KL")]);
  assert.deepEqual(named(finder, "dead\n  units, KL"), [
    ["Dead unit", "dead\n  units"],
    ["KL divergence", "KL"],
  ]);
});

test("Chinese has no spaces between words", () => {
  const finder = new Finder([entry("编码"), entry("编码器"), entry("KL 散度", "KL")]);
  assert.deepEqual(named(finder, "由编码器得到编码，KL散度"), [
    ["编码器", "编码器"],
    ["编码", "编码"],
  ]);
  assert.deepEqual(named(finder, "其 KL 为零"), [["KL 散度", "KL"]]);
});

test("a word is found at its place only", () => {
  const finder = new Finder([entry("Code"), entry("C++ (a sign)")]);
  assert.equal(finder.at("the code is", 6)?.entry.term, "Code");
  assert.equal(finder.at("the code is", 1), undefined);
  assert.equal(new Finder([]).at("nothing", 2), undefined);
});
