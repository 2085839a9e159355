import assert from "node:assert/strict";
import { test } from "node:test";
import { formatRoute, parseRoute } from "../../../src/kikimimi/web/static/router/route.js";

const ROUTES = [
  { view: "list" },
  { view: "list", query: "雨 屋根 -tag:\"esc50/dog\"", sort: "duration_s", descending: true },
  { view: "space", query: "a&b=c#d?e%20+", space: "x=pca.1" },
  { view: "sound", id: 12, query: "rain" },
  { view: "make", first: 12, second: 34 },
  { view: "make" },
];

for (const route of ROUTES) {
  const address = formatRoute(route);
  test(`${address} reads back as it was written`, () => {
    const whole = { view: "list", id: null, query: "", sort: "rank", descending: false, space: "", first: null, second: null, ...route };
    assert.deepEqual(parseRoute(address), whole);
    assert.equal(formatRoute(parseRoute(address)), address);
  });
}

test("an address that means nothing is the list", () => {
  for (const address of ["", "#", "#/nowhere", "#/sound/", "#/sound/-3", "#/sound/1e5", "#/sound/12x", "#//evil.example/", "#/makes"]) {
    assert.equal(parseRoute(address).view, "list", address);
  }
});
