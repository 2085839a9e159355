import assert from "node:assert/strict";
import { test } from "node:test";
import { createGlides } from "../../../src/kikimimi/web/static/space/glides.js";

function glide(length) {
  const seen = [];
  return { seen, options: { now: 1000, length, step: (share) => seen.push(share) } };
}

test("a glide goes from 0 to 1, slowly at both ends, and is over", () => {
  const glides = createGlides();
  const { seen, options } = glide(100);
  glides.start("places", options);
  assert.equal(glides.run(1010), true);
  assert.equal(glides.run(1050), true);
  assert.equal(glides.run(1200), false);
  assert.deepEqual([seen[0], seen[2], seen[3]], [0, 0.5, 1]);
  assert.ok(seen[1] < 0.1);
  assert.ok(glides.isIdle());
});

test("where motion is not wanted it is a jump", () => {
  const glides = createGlides();
  const { seen, options } = glide(0);
  glides.start("places", options);
  assert.deepEqual(seen, [1]);
  assert.ok(glides.isIdle());
});

test("a new glide takes the place of an older one of its name; others go on", () => {
  const glides = createGlides();
  const [first, second, other] = [glide(100), glide(100), glide(100)];
  glides.start("camera", first.options);
  glides.start("places", other.options);
  glides.start("camera", second.options);
  glides.run(2000);
  assert.deepEqual(first.seen, [0]);
  assert.deepEqual(second.seen, [0, 1]);
  assert.deepEqual(other.seen, [0, 1]);
});

test("a clock that runs backwards does no harm", () => {
  const glides = createGlides();
  const { seen, options } = glide(100);
  glides.start("camera", options);
  glides.run(900);
  assert.deepEqual(seen, [0, 0]);
});
