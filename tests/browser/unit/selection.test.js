import assert from "node:assert/strict";
import { test } from "node:test";
import { moved, press, selectAll } from "../../../src/kikimimi/web/static/list/selection.js";

const IDS = Uint32Array.from([10, 20, 30, 40, 50]);
const NONE = { selected: new Set(), anchor: -1, cursor: -1 };
const chosen = ({ selected }) => [...selected].sort((a, b) => a - b);

test("a click selects one sound", () => {
  const after = press(press(NONE, { index: 1 }, IDS), { index: 3 }, IDS);
  assert.deepEqual([chosen(after), after.cursor], [[40], 3]);
});

test("Shift selects from the anchor, in both directions, and turns round", () => {
  const anchored = press(NONE, { index: 2 }, IDS);
  const down = press(anchored, { index: 4, range: true }, IDS);
  assert.deepEqual(chosen(down), [30, 40, 50]);
  assert.deepEqual(chosen(press(down, { index: 0, range: true }, IDS)), [10, 20, 30]);
});

test("Ctrl puts a sound in and takes it out", () => {
  const two = press(press(NONE, { index: 0 }, IDS), { index: 3, toggle: true }, IDS);
  assert.deepEqual(chosen(two), [10, 40]);
  assert.deepEqual(chosen(press(two, { index: 0, toggle: true }, IDS)), [40]);
});

test("Ctrl and Shift add a range", () => {
  const two = press(press(NONE, { index: 0 }, IDS), { index: 2, toggle: true }, IDS);
  assert.deepEqual(chosen(press(two, { index: 3, range: true, toggle: true }, IDS)), [10, 30, 40]);
});

test("an anchor that is gone does not matter, nor does a row that is not there", () => {
  assert.deepEqual(chosen(press({ ...NONE, anchor: 99 }, { index: 1, range: true }, IDS)), [20]);
  assert.equal(press(NONE, { index: 99 }, IDS), NONE);
});

test("everything", () => {
  assert.equal(selectAll(NONE, IDS).selected.size, 5);
});

test("keys move within the list", () => {
  const extent = { total: 100, page: 10 };
  assert.equal(moved(-1, "down", extent), 0);
  assert.equal(moved(0, "up", extent), 0);
  assert.equal(moved(99, "down", extent), 99);
  assert.equal(moved(50, "page-up", extent), 40);
  assert.equal(moved(-1, "page-down", extent), 10);
  assert.equal(moved(5, "last", extent), 99);
  assert.equal(moved(5, "first", extent), 0);
  assert.equal(moved(3, "down", { total: 0, page: 10 }), -1);
});
