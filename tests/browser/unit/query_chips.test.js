import assert from "node:assert/strict";
import { test } from "node:test";
import { chipsOf } from "../../../src/kikimimi/web/static/query/chips.js";
import { emptyQuery, isEmptyQuery } from "../../../src/kikimimi/web/static/query/model.js";
import { parseQuery } from "../../../src/kikimimi/web/static/query/syntax.js";

const { query } = parseQuery("rain like:#1 -like:#2@0-1 tag:dog -tag:cat folder:/a format:wav rate:48k ch:1 dur:1-2 lufs:<-20 playlist:3 missing:no");

test("every condition is one chip, examples first", () => {
  assert.deepEqual(
    chipsOf(query).map(({ kind, sign }) => [kind, sign]),
    [["like", 1], ["like", -1], ["tag", 1], ["tag", -1], ["folder", 1], ["format", 1], ["rate", 1], ["channels", 1], ["duration", 1], ["loudness", 1], ["playlist", 1], ["missing", -1]],
  );
});

test("removing a chip removes that condition and no other", () => {
  const chips = chipsOf(query);
  for (const chip of chips) {
    assert.equal(chipsOf({ ...query, ...chip.without }).length, chips.length - 1, chip.kind);
  }
});

test("removing all of them leaves the words", () => {
  let left = query;
  while (chipsOf(left).length) left = { ...left, ...chipsOf(left)[0].without };
  assert.deepEqual(left, { ...emptyQuery(), text: "rain" });
  assert.ok(isEmptyQuery({ ...left, text: "" }));
});
