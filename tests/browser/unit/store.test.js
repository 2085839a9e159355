import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../src/kikimimi/web/static/state/store.js";

test("a listener hears of its own part only, with what it was before", () => {
  const store = createStore({ a: 1, b: "x" });
  const heard = [];
  store.subscribe((state) => state.a, (now, before) => heard.push([now, before]));
  store.set({ b: "y" });
  store.set({ a: 2 });
  store.set({ a: 2 });
  assert.deepEqual(heard, [[2, 1]]);
});

test("a listener that ended hears nothing more, even when another one ends it", () => {
  const store = createStore({ a: 1 });
  let calls = 0;
  const end = [];
  store.subscribe((state) => state.a, () => end[0]());
  end.push(store.subscribe((state) => state.a, () => (calls += 1)));
  store.set({ a: 2 });
  assert.equal(calls, 0);
});

test("a listener may set the store itself", () => {
  const store = createStore({ a: 1, doubled: 2 });
  store.subscribe((state) => state.a, (a) => store.set({ doubled: 2 * a }));
  store.set({ a: 5 });
  assert.equal(store.get().doubled, 10);
});

test("the state cannot be changed in place", () => {
  const store = createStore({ a: 1 });
  assert.throws(() => Object.assign(store.get(), { a: 2 }), TypeError);
});
