import assert from "node:assert/strict";
import { test } from "node:test";
import { decodePayload, HIGHEST_STEP, indexOfId, NO_VALUE, shareOfValue, valueAt } from "../../../src/kikimimi/web/static/space/payload.js";

/** As the server writes it. */
function encode({ ids, axes, pad = 0 }) {
  const header = JSON.stringify({ count: ids.length, revision: 7, axes: axes.map(({ steps: _, ...axis }) => axis) });
  const line = new TextEncoder().encode(`${header}${" ".repeat(pad)}\n`);
  const body = new DataView(new ArrayBuffer(line.length + ids.length * (4 + 2 * axes.length)));
  new Uint8Array(body.buffer).set(line);
  ids.forEach((id, i) => body.setUint32(line.length + 4 * i, id, true));
  axes.forEach(({ steps }, a) =>
    steps.forEach((step, i) => body.setUint16(line.length + 4 * ids.length + 2 * (a * ids.length + i), step, true)),
  );
  return body.buffer;
}

const axes = [
  { key: "pca.1", scale: "linear", min: -2, max: 6, steps: [0, HIGHEST_STEP, NO_VALUE] },
  { key: "pitch_hz", scale: "log", min: 100, max: 10000, steps: [HIGHEST_STEP / 2, 0, HIGHEST_STEP] },
];

for (const pad of [0, 1, 2, 3]) {
  test(`a payload is read whatever the length of its header (${pad} spaces)`, () => {
    const payload = decodePayload(encode({ ids: [3, 5, 4_000_000_000], axes, pad }));
    assert.equal(payload.revision, 7);
    assert.deepEqual([...payload.ids], [3, 5, 4_000_000_000]);
    assert.deepEqual([...payload.axes[0].steps], axes[0].steps);
    assert.deepEqual([...payload.axes[1].steps], axes[1].steps);
  });
}

test("steps become values of the axis's unit, evenly on a linear axis and by ratios on a log axis", () => {
  const [linear, log] = decodePayload(encode({ ids: [1, 2, 3], axes })).axes;
  assert.deepEqual([0, 1, 2].map((i) => valueAt(linear, i)), [-2, 6, null]);
  assert.ok(Math.abs(valueAt(log, 0) - 1000) < 1e-6);
  assert.equal(valueAt(log, 1), 100);
  assert.ok(Math.abs(shareOfValue(log, 1000) - 0.5) < 1e-12);
  assert.equal(shareOfValue({ scale: "linear", min: 3, max: 3 }, 3), 0.5);
});

test("a cut-off payload is refused, not read as far as it goes", () => {
  const whole = encode({ ids: [1, 2, 3], axes });
  assert.throws(() => decodePayload(whole.slice(0, whole.byteLength - 1)), /cut off/);
  assert.throws(() => decodePayload(new Uint8Array([1, 2, 3]).buffer), /without a header/);
});

test("an empty library has an empty space", () => {
  assert.equal(decodePayload(encode({ ids: [], axes: [] })).ids.length, 0);
});

test("ids are found by halving", () => {
  const ids = Uint32Array.from([2, 5, 9, 100]);
  assert.deepEqual([2, 5, 9, 100].map((id) => indexOfId(ids, id)), [0, 1, 2, 3]);
  assert.deepEqual([1, 6, 101].map((id) => indexOfId(ids, id)), [-1, -1, -1]);
  assert.equal(indexOfId(new Uint32Array(0), 1), -1);
});
