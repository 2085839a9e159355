import assert from "node:assert/strict";
import { test } from "node:test";
import { faderFactor, gainFactor, positionAt } from "../../../src/kikimimi/web/static/player/levels.js";
import { encodeWav, overviewOf, soundingPart } from "../../../src/kikimimi/web/static/query/wav.js";

test("levels", () => {
  assert.ok(Math.abs(gainFactor(20) - 10) < 1e-12);
  assert.equal(gainFactor(0), 1);
  assert.deepEqual([faderFactor(0), faderFactor(1), faderFactor(2)], [0, 1, 1]);
});

test("the position runs, stops at the end, or goes round", () => {
  const span = { from_s: 1, start_s: 0.5, end_s: 2, loop: false };
  assert.equal(positionAt(0.25, span), 1.25);
  assert.equal(positionAt(9, span), 2);
  assert.equal(positionAt(1, { ...span, loop: true }), 0.5);
  assert.equal(positionAt(1.25, { ...span, loop: true }), 0.75);
});

test("a take becomes a WAV file", () => {
  const bytes = encodeWav(Float32Array.from([0, 1, -1, 2]), 48000);
  const view = new DataView(bytes);
  const text = (at, length) => String.fromCharCode(...new Uint8Array(bytes, at, length));
  assert.deepEqual([text(0, 4), text(8, 8), text(36, 4)], ["RIFF", "WAVEfmt ", "data"]);
  assert.deepEqual([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(40, true)], [44, 48000, 8]);
  assert.deepEqual([0, 1, 2, 3].map((at) => view.getInt16(44 + 2 * at, true)), [0, 32767, -32767, 32767]);
});

test("silence around a take is left out, but not its attack", () => {
  const samples = new Float32Array(48000);
  samples.fill(0.5, 12000, 24000);
  const { start_s, end_s } = soundingPart(samples, 48000);
  assert.ok(start_s < 0.25 && start_s > 0.15);
  assert.ok(end_s >= 0.5 && end_s < 0.8);
  assert.deepEqual(soundingPart(new Float32Array(100), 100), { start_s: 0, end_s: 1 });
});

test("an overview has the extremes of every part", () => {
  assert.deepEqual([...overviewOf(Float32Array.from([0, 1, -1, 0.5]), 2)], [0, 127, -127, 64]);
  assert.equal(overviewOf(new Float32Array(1), 4).length, 8);
});
