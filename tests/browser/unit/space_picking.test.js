import assert from "node:assert/strict";
import { test } from "node:test";
import { HOME, viewProjection } from "../../../src/kikimimi/web/static/space/orbit.js";
import { createPickGrid, isInside } from "../../../src/kikimimi/web/static/space/pick_grid.js";
import { coordinate, project, projectPoint, SHELF } from "../../../src/kikimimi/web/static/space/projection.js";

const SQUARE = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 0, y: 10 }];

function gridOf(points, width = 400, height = 300) {
  return createPickGrid({
    indices: Uint32Array.from(points, (_, i) => 100 + i),
    x: Float32Array.from(points, (point) => point[0]),
    y: Float32Array.from(points, (point) => point[1]),
    depth: Float32Array.from(points, (point) => point[2] ?? 1),
    width,
    height,
  });
}

/** Numbers that look random, the same in each run. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test("a polygon holds what a person would say lies inside", () => {
  assert.ok(isInside(SQUARE, 5, 5));
  assert.ok(!isInside(SQUARE, 15, 5));
  assert.ok(!isInside(SQUARE, 5, -1));
  assert.ok(!isInside([], 1, 1));
});

test("a concave lasso leaves its notch out", () => {
  const notched = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 5, y: 2 }, { x: 0, y: 10 }];
  assert.ok(isInside(notched, 1, 5));
  assert.ok(isInside(notched, 9, 5));
  assert.ok(!isInside(notched, 5, 8));
});

test("the grid finds what a search through all points finds", () => {
  const random = numbers(5);
  const points = Array.from({ length: 3000 }, () => [random.next().value * 500 - 50, random.next().value * 400 - 50]);
  const grid = gridOf(points);
  for (let i = 0; i < 200; i++) {
    const [x, y] = [random.next().value * 400, random.next().value * 300];
    const shown = points.map(([px, py], index) => ({ index: index + 100, far: Math.hypot(px - x, py - y), inside: px >= 0 && px < 400 && py >= 0 && py < 300 }));
    const best = shown.filter(({ inside, far }) => inside && far <= 10).sort((a, b) => a.far - b.far)[0];
    const found = grid.nearest(x, y, 10);
    if (best === undefined) assert.equal(found, -1);
    else assert.ok(shown[found - 100].far <= Math.max(best.far, 4));
  }
});

test("of points under the pointer the foremost is meant", () => {
  assert.equal(gridOf([[100, 100, 5], [101, 100, 2], [102, 101, 9]]).nearest(100, 100, 10), 101);
});

test("nothing near is nothing found, at the edges too", () => {
  assert.equal(gridOf([[50, 50]]).nearest(200, 200, 10), -1);
  assert.equal(gridOf([]).nearest(0, 0, 10), -1);
  assert.equal(gridOf([[0, 0]]).nearest(0, 0, 10), 100);
});

test("points behind the camera or beside the picture are never found", () => {
  const grid = gridOf([[NaN, NaN], [-3, 20], [20, 301]]);
  assert.equal(grid.nearest(0, 20, 10), -1);
  assert.deepEqual(grid.within([{ x: -50, y: -50 }, { x: 500, y: -50 }, { x: 500, y: 500 }, { x: -50, y: 500 }]), []);
});

test("a lasso catches exactly the points inside", () => {
  const random = numbers(9);
  const points = Array.from({ length: 2000 }, () => [random.next().value * 399, random.next().value * 299]);
  const lasso = [{ x: 30, y: 20 }, { x: 350, y: 90 }, { x: 200, y: 120 }, { x: 220, y: 280 }, { x: 60, y: 200 }];
  const expected = points.flatMap(([x, y], i) => (isInside(lasso, Math.fround(x), Math.fround(y)) ? [100 + i] : []));
  assert.deepEqual(gridOf(points).within(lasso).sort((a, b) => a - b), expected);
});

test("the nearest around a place come nearest first, from as far as is needed", () => {
  assert.deepEqual(gridOf([[10, 10], [390, 290], [200, 150], [205, 150]]).around(199, 150, 3), [102, 103, 100]);
  assert.deepEqual(gridOf([[10, 10]]).around(390, 290, 5), [100]);
});

test("many points at once are projected as one is", () => {
  const matrix = viewProjection(HOME, 1.5);
  const places = Uint16Array.from([0, 65534, 32767, 0, 65535, 0, 65534, 0]);
  const size = { width: 900, height: 600 };
  const many = project(places, Uint32Array.from([1, 0]), matrix, { ...size, flat: 0 });
  const one = projectPoint([coordinate(65535), -1, 1], matrix, size);
  assert.ok(Math.abs(many.x[0] - one.x) < 0.01 && Math.abs(many.y[0] - one.y) < 0.01);
  const other = projectPoint([-1, 1, 0], matrix, size);
  assert.ok(Math.abs(many.x[1] - other.x) < 0.1 && Math.abs(many.y[1] - other.y) < 0.1);
});

test("a sound without a value stands before the beginning of the axis", () => {
  assert.equal(coordinate(65535), SHELF);
  assert.ok(SHELF < coordinate(0));
  assert.equal(coordinate(0), -1);
  assert.equal(coordinate(65534), 1);
});
