import assert from "node:assert/strict";
import { test } from "node:test";
import { keyCaps, keyName } from "../../../src/kikimimi/web/static/keys/key_names.js";

const pressed = (key, held = {}) => keyName({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test("names of pressed keys", () => {
  assert.equal(pressed("j"), "j");
  assert.equal(pressed("J", { shiftKey: true }), "Shift+J");
  assert.equal(pressed("J"), "j", "Caps Lock is no Shift");
  assert.equal(pressed("?", { shiftKey: true }), "?");
  assert.equal(pressed("Z", { ctrlKey: true, shiftKey: true }), "Ctrl+Shift+Z");
  assert.equal(pressed("z", { metaKey: true }), "Ctrl+z");
  assert.equal(pressed("F10", { shiftKey: true }), "Shift+F10");
  assert.equal(pressed("ArrowUp", { altKey: true }), "Alt+ArrowUp");
});

test("caps to draw", () => {
  assert.deepEqual(keyCaps("Ctrl+Shift+Z"), ["Ctrl", "Shift", "Z"]);
  assert.deepEqual(keyCaps("Ctrl+a", { mac: true }), ["⌘", "A"]);
  assert.deepEqual(keyCaps("+"), ["+"]);
  assert.deepEqual(keyCaps(" "), ["Space"]);
});
