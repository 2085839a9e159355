import assert from "node:assert/strict";
import { test } from "node:test";
import { createBudget, LATE_MS } from "../../../src/kikimimi/web/static/space/budget.js";
import { detailOrder, scatter } from "../../../src/kikimimi/web/static/space/order.js";

const ids = (from, count) => Uint32Array.from({ length: count }, (_, i) => from + i);

test("the order holds every sound once", () => {
  const order = detailOrder(ids(1, 5000));
  assert.deepEqual([...order].sort((a, b) => a - b), [...ids(0, 5000)]);
});

test("each beginning of the order is an even sample", () => {
  const order = detailOrder(ids(1, 100_000));
  for (const size of [2000, 20_000]) {
    const tenths = new Array(10).fill(0);
    for (const index of order.subarray(0, size)) tenths[Math.floor(index / 10_000)]++;
    for (const count of tenths) assert.ok(Math.abs(count / (size / 10) - 1) < 0.25, `${count} of ${size}`);
  }
});

test("new sounds leave the order of the others alone", () => {
  const before = [...detailOrder(ids(1, 1000))];
  const after = [...detailOrder(ids(1, 1300))].filter((index) => index < 1000);
  assert.deepEqual(after, before);
});

test("only wanted sounds are in the order", () => {
  const order = detailOrder(ids(1, 100), (index) => index % 2 === 0);
  assert.equal(order.length, 50);
  assert.ok(order.every((index) => index % 2 === 0));
});

test("scattering is the same for the same id, and differs for others", () => {
  assert.equal(scatter(12345), scatter(12345));
  assert.equal(new Set(Array.from({ length: 10_000 }, (_, i) => scatter(i))).size, 10_000);
});

test("late frames lower the number of points, early ones raise it again", () => {
  const budget = createBudget(50_000);
  assert.equal(budget.points(1000), 1000);
  for (let i = 0; i < 30; i++) budget.note(2 * LATE_MS);
  const few = budget.points(1_000_000);
  assert.ok(few < 10_000 && few >= 2000);
  for (let i = 0; i < 60; i++) budget.note(5);
  assert.ok(budget.points(1_000_000) > few);
});

test("a pause is no late frame", () => {
  const budget = createBudget(50_000);
  budget.note(60_000);
  assert.equal(budget.points(1e9), 50_000);
});
