import assert from "node:assert/strict";
import { test } from "node:test";
import { showsWaiting } from "../../../src/kikimimi/web/static/components/waiting.js";

function watched() {
  const names = new Set();
  return { names, element: { classList: { add: (name) => names.add(name), remove: (name) => names.delete(name) } } };
}

test("an answer that comes at once is never shown as waited for", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { names, element } = watched();
  const set = showsWaiting(element, "waiting");
  set(true);
  context.mock.timers.tick(200);
  set(false);
  context.mock.timers.tick(5000);
  assert.equal(names.size, 0);
});

test("a slow answer is shown as waited for until it comes", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { names, element } = watched();
  const set = showsWaiting(element, "waiting");
  set(true);
  context.mock.timers.tick(1000);
  assert.deepEqual([...names], ["waiting"]);
  set(false);
  assert.equal(names.size, 0);
});
