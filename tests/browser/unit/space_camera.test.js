import assert from "node:assert/strict";
import { test } from "node:test";
import { frameLines, frameShape } from "../../../src/kikimimi/web/static/space/frame.js";
import { approached, approachedAt, between, directions, FRONT, HOME, shifted, turned, viewProjection } from "../../../src/kikimimi/web/static/space/orbit.js";
import { projectPoint } from "../../../src/kikimimi/web/static/space/projection.js";

const SIZE = { width: 1000, height: 700 };
const near = (one, other, by = 1e-6) => assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);
const place = (orbit, point) => projectPoint(point, viewProjection(orbit, SIZE.width / SIZE.height), SIZE);

test("the camera's directions are at right angles and of length one", () => {
  const { right, up, back } = directions({ ...HOME, yaw: 2.1, pitch: -0.7 });
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  for (const one of [right, up, back]) near(dot(one, one), 1);
  near(dot(right, up), 0);
  near(dot(right, back), 0);
  near(dot(up, back), 0);
});

test("from the front x runs to the right, y upwards, and z towards the eye", () => {
  assert.ok(place(FRONT, [1, 0, 0]).x > place(FRONT, [-1, 0, 0]).x);
  assert.ok(place(FRONT, [0, 1, 0]).y < place(FRONT, [0, -1, 0]).y);
  assert.ok(place(FRONT, [0, 0, 1]).depth < place(FRONT, [0, 0, -1]).depth);
});

test("the target is in the middle of the picture, wherever the camera stands", () => {
  const orbit = { ...HOME, yaw: 4, pitch: -1, target: [0.3, -0.2, 0.5] };
  near(place(orbit, orbit.target).x, 500);
  near(place(orbit, orbit.target).y, 350);
});

test("a point behind the camera has no place", () => {
  assert.equal(place({ ...FRONT, distance: 0.5 }, [0, 0, 1]), null);
});

test("moving sideways takes what is under the pointer along", () => {
  const before = place(HOME, [0, 0, 0]);
  const after = place(shifted(HOME, 40, -25, SIZE.height), [0, 0, 0]);
  near(after.x - before.x, 40, 0.5);
  near(after.y - before.y, -25, 0.5);
});

test("zooming at the pointer keeps the point under it", () => {
  const point = [0.5, 0.25, 0];
  const at = place(FRONT, point);
  const after = place(approachedAt(FRONT, 0.5, at.x - 500, at.y - 350, SIZE.height), point);
  near(after.x, at.x, 0.5);
  near(after.y, at.y, 0.5);
});

test("turning stops short of the poles, and nearness has its bounds", () => {
  assert.ok(turned(HOME, 0, 99).pitch < Math.PI / 2);
  assert.ok(approached(HOME, 1e-9).distance > 0);
  assert.ok(approached(HOME, 1e9).distance < 100);
});

test("a glide turns the short way round", () => {
  const half = between({ ...HOME, yaw: 3 }, { ...HOME, yaw: -3 }, 0.5);
  near(Math.abs(Math.cos(half.yaw)), 1, 1e-6);
  assert.deepEqual(between(HOME, FRONT, 1).target, FRONT.target);
});

test("the walls stand behind the points and the labels before them, from every side", () => {
  for (let yaw = 0; yaw < 6.28; yaw += 0.37) {
    for (const pitch of [-0.8, 0.3]) {
      const orbit = { ...HOME, yaw, pitch };
      const { back, edges } = frameShape(orbit, false);
      const depth = (point) => place({ ...orbit, distance: 6 }, point).depth;
      for (const axis of [0, 1, 2]) {
        const wall = [0, 0, 0];
        wall[axis] = back[axis];
        const opposite = wall.map((c) => -c);
        assert.ok(depth(wall) >= depth(opposite) - 1e-9);
      }
      assert.deepEqual(edges.map(({ axis }) => axis), [0, 1, 2]);
      const upright = edges[1].start;
      const { right } = directions(orbit);
      const across = (x, z) => x * right[0] + z * right[2];
      near(across(upright[0], upright[2]), Math.min(across(1, 1), across(1, -1), across(-1, 1), across(-1, -1)));
    }
  }
});

test("in 2-D there is one wall and no third axis", () => {
  const shape = frameShape(FRONT, true);
  assert.deepEqual(shape.edges.map(({ axis }) => axis), [0, 1]);
  const lines = frameLines(shape, [[0], [0.5], [0]], true);
  assert.equal(lines.length, 6 * 6);
  for (let i = 2; i < lines.length; i += 3) assert.ok(lines[i] < 0, "the wall stands behind the points");
});

test("each tick is a line on both walls that it belongs to", () => {
  const without = frameLines(frameShape(HOME, false), [[], [], []], false).length;
  assert.equal(frameLines(frameShape(HOME, false), [[0.2], [], []], false).length, without + 2 * 6);
});
