import assert from "node:assert/strict";
import { test } from "node:test";
import { folderTree } from "../../../src/kikimimi/web/static/facets/folders.js";
import { linearScale, logScale, readable } from "../../../src/kikimimi/web/static/facets/scales.js";

test("folders become a tree whose counts include what is below", () => {
  const tree = folderTree([
    { path: "/fx/rain", count: 3 },
    { path: "/fx/rain/roof", count: 2 },
    { path: "/fx/風", count: 1 },
  ]);
  assert.deepEqual(tree, [
    {
      path: "/fx",
      name: "fx",
      count: 6,
      folders: [
        { path: "/fx/rain", name: "rain", count: 5, folders: [{ path: "/fx/rain/roof", name: "roof", count: 2, folders: [] }] },
        { path: "/fx/風", name: "風", count: 1, folders: [] },
      ],
    },
  ]);
});

test("folders that hold one folder only are joined with it", () => {
  const [only] = folderTree([{ path: "C:\\a\\b\\c", count: 2 }]);
  assert.deepEqual([only.path, only.name, only.count, only.folders], ["C:\\a\\b\\c", "C:/a/b/c", 2, []]);
});

test("scales go both ways and stop at their ends", () => {
  for (const scale of [linearScale(-60, 0), logScale(0.05, 3600)]) {
    for (const share of [0, 0.25, 0.5, 1]) assert.ok(Math.abs(scale.toShare(scale.toValue(share)) - share) < 1e-9);
    assert.equal(scale.toShare(1e9), 1);
    assert.equal(scale.toShare(-1e9), 0);
  }
});

test("equal steps of a logarithmic scale are equal ratios", () => {
  const { toValue } = logScale(1, 100);
  assert.ok(Math.abs(toValue(0.5) - 10) < 1e-9);
});

test("values have as many digits as one wants to read", () => {
  assert.deepEqual([readable(0.12345), readable(1234.5), readable(9.96)], [0.12, 1200, 10]);
});
