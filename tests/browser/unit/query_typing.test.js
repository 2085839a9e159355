import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyQuery } from "../../../src/kikimimi/web/static/query/model.js";
import { readTyped, wordAt } from "../../../src/kikimimi/web/static/query/typing.js";
import { withQuery } from "../../../src/kikimimi/web/static/query/history.js";

const typed = (value, finished = false, query = emptyQuery()) => readTyped(value, query, { finished });

test("words are asked for while they are typed", () => {
  assert.deepEqual([typed("rain ro").query.text, typed("rain ro").rest], ["rain ro", "rain ro"]);
  assert.equal(typed("rain ").rest, "rain ");
});

test("a filter counts when it is finished, and then leaves the box", () => {
  const open = typed("rain tag:do");
  assert.deepEqual([open.query.text, open.query.tags, open.rest], ["rain", [], "rain tag:do"]);
  const spaced = typed("rain tag:dog ");
  assert.deepEqual([spaced.query.text, spaced.query.tags, spaced.rest.trim()], ["rain", ["dog"], "rain"]);
  const entered = typed("tag:dog", true);
  assert.deepEqual([entered.query.tags, entered.rest], [["dog"], ""]);
});

test("filters that are there already stay", () => {
  const query = { ...emptyQuery(), tags: ["wind"] };
  assert.deepEqual(typed("tag:dog", true, query).query.tags, ["wind", "dog"]);
  assert.deepEqual(typed("", true, query).query.tags, ["wind"]);
});

test("a quoted value may hold spaces while it is typed", () => {
  assert.deepEqual(typed('tag:"heavy ra').query.tags, []);
  assert.deepEqual(typed('tag:"heavy rain"', true).query.tags, ["heavy rain"]);
});

test("the word at the caret, for suggestions", () => {
  assert.deepEqual(wordAt("rain ro", 7), { start: 5, minus: false, key: null, word: "ro" });
  assert.deepEqual(wordAt("rain -tag:do", 12), { start: 5, minus: true, key: "tag", word: "do" });
  assert.deepEqual(wordAt('folder:"a b', 11), { start: 0, minus: false, key: "folder", word: "a b" });
  assert.deepEqual(wordAt("rain ", 5), { start: 5, minus: false, key: null, word: "" });
});

test("the history has the newest first, each once, and ends somewhere", () => {
  assert.deepEqual(withQuery(["a", "b"], "b"), ["b", "a"]);
  assert.equal(withQuery(Array.from({ length: 100 }, (_, n) => String(n)), "x").length, 30);
});
