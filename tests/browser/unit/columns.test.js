import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS, columnWidth, defaultLayout, gridTracks, NARROWEST, resizeColumn, toggleColumn, visibleColumns } from "../../../src/kikimimi/web/static/list/columns.js";

const keys = (columns) => columns.map(({ key }) => key);
const column = (key) => COLUMNS.find((one) => one.key === key);

test("the distance is shown only where there is one", () => {
  assert.ok(!keys(visibleColumns(defaultLayout(), { distances: false })).includes("distance"));
  assert.ok(keys(visibleColumns(defaultLayout(), { distances: true })).includes("distance"));
});

test("a phone shows the shape, the name and the length", () => {
  assert.deepEqual(keys(visibleColumns(defaultLayout(), { distances: true, narrow: true })), ["wave", "name", "duration"]);
});

test("a column is hidden and shown again", () => {
  const without = toggleColumn(defaultLayout(), "tags");
  assert.ok(!keys(visibleColumns(without, { distances: true })).includes("tags"));
  assert.deepEqual(visibleColumns(toggleColumn(without, "tags"), { distances: true }), visibleColumns(defaultLayout(), { distances: true }));
});

test("widths stay within reason", () => {
  assert.equal(columnWidth(resizeColumn(defaultLayout(), "tags", 3), column("tags")), NARROWEST);
  assert.equal(columnWidth(resizeColumn(defaultLayout(), "tags", 222.4), column("tags")), 222);
  assert.equal(columnWidth(defaultLayout(), column("tags")), column("tags").width);
});

test("the name takes what is left of the width", () => {
  assert.match(gridTracks([column("name"), column("rate")], defaultLayout()), /^minmax\(\d+px, 1fr\) \d+px$/);
});

test("with both panels open all columns fit at 1280 px", () => {
  const shown = visibleColumns(defaultLayout(), { distances: true });
  assert.ok(shown.reduce((sum, one) => sum + one.width, 0) <= 1280 - 220 - 252 - 12);
});
