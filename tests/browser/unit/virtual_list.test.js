import assert from "node:assert/strict";
import { test } from "node:test";
import { canvasHeight, listOffset, rowTop, scrollToRow, scrollTopFor, TALLEST, visibleRange } from "../../../src/kikimimi/web/static/list/virtual.js";

const SIZES = [0, 1, 10, 100_000, 1_000_000, 5_000_000].map((total) => ({ total, rowHeight: 36, viewHeight: 600 }));

for (const geometry of SIZES) {
  const { total, rowHeight, viewHeight } = geometry;
  const bottom = Math.max(0, canvasHeight(geometry) - viewHeight);

  test(`${total} rows: from the first row to the last one, never taller than a browser allows`, () => {
    assert.ok(canvasHeight(geometry) <= TALLEST);
    assert.equal(listOffset(0, geometry), 0);
    const { end } = visibleRange(bottom, geometry, 0);
    assert.equal(end, total);
    assert.equal(visibleRange(0, geometry).first, 0);
  });

  test(`${total} rows: what is drawn covers the view at every place`, () => {
    for (let step = 0; step <= 20; step += 1) {
      const scrollTop = (bottom * step) / 20;
      const { first, end, offset } = visibleRange(scrollTop, geometry, 0);
      const place = { scrollTop, offset, rowHeight };
      if (total === 0) continue;
      assert.ok(rowTop(first, place) <= scrollTop + 1e-6);
      assert.ok(rowTop(end - 1, place) + rowHeight >= Math.min(scrollTop + viewHeight, scrollTop + total * rowHeight) - 1e-6);
      assert.ok(end - first <= Math.ceil(viewHeight / rowHeight) + 1);
    }
  });

  test(`${total} rows: a scroll position and its offset are inverse`, () => {
    for (let step = 0; step <= 10; step += 1) {
      const offset = (Math.max(0, total * rowHeight - viewHeight) * step) / 10;
      assert.ok(Math.abs(listOffset(scrollTopFor(offset, geometry), geometry) - offset) < 1);
    }
  });

  test(`${total} rows: scrolling to a row shows it whole, and no further than needed`, () => {
    for (const index of [0, Math.floor(total / 2), total - 1].filter((row) => row >= 0)) {
      const scrollTop = scrollToRow(index, 0, geometry);
      const offset = listOffset(scrollTop, geometry);
      assert.ok(index * rowHeight >= offset - 1 && (index + 1) * rowHeight <= offset + viewHeight + 1);
      assert.equal(scrollToRow(index, scrollTop, geometry), scrollTop);
    }
  });
}
