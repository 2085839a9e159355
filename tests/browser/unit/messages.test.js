import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { en } from "../../../src/kikimimi/web/static/i18n/en.js";
import { translate } from "../../../src/kikimimi/web/static/i18n/i18n.js";
import { ja } from "../../../src/kikimimi/web/static/i18n/ja.js";
import { KEYMAP } from "../../../src/kikimimi/web/static/keys/keymap.js";
import { COLUMNS } from "../../../src/kikimimi/web/static/list/columns.js";

const STATIC = fileURLToPath(new URL("../../../src/kikimimi/web/static/", import.meta.url));
const texts = (message) => (typeof message === "string" ? [message] : Object.values(message));
const parameters = (message) => new Set(texts(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []));

function* scripts(folder = STATIC) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory() && !["vendor", "i18n"].includes(entry.name)) yield* scripts(join(folder, entry.name));
    else if (entry.name.endsWith(".js")) yield join(folder, entry.name);
  }
}

test("both languages say everything", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(ja).sort());
});

test("both languages use the same parameters", () => {
  for (const [key, message] of Object.entries(en)) {
    const missing = [...parameters(message)].filter((one) => !parameters(ja[key]).has(one));
    assert.deepEqual(missing.filter((one) => one !== "{count}"), [], key);
    for (const one of parameters(ja[key])) assert.ok(parameters(message).has(one) || one === "{count}", `${key} ${one}`);
  }
});

test("every message that the code names exists", () => {
  for (const path of scripts()) {
    for (const [, key] of readFileSync(path, "utf8").matchAll(/\bt\("([\w.-]+)"/g)) assert.ok(key in en, `${path}: ${key}`);
  }
});

test("every key and every column is described", () => {
  for (const { action, group } of KEYMAP) assert.ok(`keys.${action}` in en && group in en, action);
  for (const { key } of COLUMNS) assert.ok(`list.column.${key}` in en && `list.column.${key}.hint` in en, key);
});

test("no key of the keyboard means two things", () => {
  const keys = KEYMAP.filter(({ local }) => !local).flatMap((binding) => binding.keys);
  assert.equal(new Set(keys).size, keys.length);
});

test("numbers are written as the language does, and one is not many", () => {
  assert.equal(translate("en", "list.sounds", { count: 1 }), "1 sound");
  assert.equal(translate("en", "list.sounds", { count: 12345 }), "12,345 sounds");
  assert.equal(translate("ja", "list.sounds", { count: 12345 }), "12,345 件");
});

test("a parameter is never read as a message, and a key without a message is shown", () => {
  assert.equal(translate("en", "query.chip.remove", { name: "{count} <b>$&" }), "Remove {count} <b>$&");
  assert.equal(translate("en", "no.such.key"), "no.such.key");
});
