import assert from "node:assert/strict";
import { test } from "node:test";
import { blendShares, firstWish, missingSounds, toMakeRequest } from "../../../src/kikimimi/web/static/making/wishes.js";

const A = { sound: 1 };
const B = { upload: "x" };

test("a variation needs one sound, a blend two, a new sound none", () => {
  const wish = firstWish();
  assert.deepEqual(missingSounds({ ...wish, method: "vary" }), ["first"]);
  assert.deepEqual(missingSounds({ ...wish, method: "blend", first: A }), ["second"]);
  assert.deepEqual(missingSounds({ ...wish, method: "blend" }), ["first", "second"]);
  assert.deepEqual(missingSounds({ ...wish, method: "sample" }), []);
});

test("a blend of several steps goes from end to end, one of one step stays at the slider", () => {
  assert.deepEqual(blendShares({ share: 0.3, steps: 1 }), [0.3]);
  assert.deepEqual(blendShares({ share: 0.3, steps: 5 }), [0, 0.25, 0.5, 0.75, 1]);
  assert.equal(blendShares({ share: 0.3, steps: 99 }).length, 16);
});

test("the server gets what it takes for each method, and nothing else", () => {
  const wish = { ...firstWish(), first: A, second: B, seed: 7, loop: true };
  assert.deepEqual(toMakeRequest(wish), { method: "vary", source: A, amount: 0.2, count: 4, seed: 7, loop: true });
  assert.deepEqual(toMakeRequest({ ...wish, method: "blend" }), { method: "blend", first: A, second: B, shares: [0.5], seed: 7, loop: true });
  const sample = toMakeRequest({ ...wish, method: "sample", label: "rain", seconds: 90, count: 0 });
  assert.deepEqual(sample, { method: "sample", label: "rain", text: null, seconds: 60, count: 1, seed: 7, loop: true });
});

test("words come before a class, since a sound has one wish only", () => {
  const sample = toMakeRequest({ ...firstWish(), method: "sample", label: "rain", text: " heavy rain " });
  assert.equal(sample.label, null);
  assert.equal(sample.text, "heavy rain");
});
