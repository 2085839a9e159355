import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMap, cssColour, MAP_STEPS, POINT_MAPS } from "../../../src/kikimimi/web/static/components/colour_maps.js";

/** Relative luminance of WCAG 2. */
function luminance(map, step) {
  const [r, g, b] = [0, 1, 2].map((i) => {
    const share = map[3 * step + i] / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

for (const name of [...POINT_MAPS, "image"]) {
  test(`${name} only gets lighter on dark and darker on light ground`, () => {
    for (const [ground, sign] of [["dark", 1], ["light", -1]]) {
      const map = colourMap(name, ground);
      assert.equal(map.length, 3 * MAP_STEPS);
      for (let step = 4; step < MAP_STEPS; step += 4) {
        assert.ok(sign * (luminance(map, step) - luminance(map, step - 4)) > 0, `${ground} at ${step}`);
      }
    }
  });
}

test("neighbouring steps look about equally far apart", () => {
  for (const name of POINT_MAPS) {
    const map = colourMap(name, "dark");
    const lightness = Array.from({ length: 9 }, (_, i) => Math.cbrt(luminance(map, Math.round((i * 255) / 8))));
    for (let i = 1; i < lightness.length; i++) assert.ok(lightness[i] - lightness[i - 1] > 0.02);
  }
});

test("points can be told from the ground of both themes", () => {
  const grounds = { dark: 0.0075, light: 0.905 }; // #101315 and #f3f5f5
  for (const name of POINT_MAPS) {
    for (const [ground, other] of Object.entries(grounds)) {
      const map = colourMap(name, ground);
      for (const step of [0, 128, 255]) {
        const own = luminance(map, step);
        const contrast = (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05);
        assert.ok(contrast > 1.3, `${name} on ${ground} at ${step}: ${contrast}`);
      }
    }
  }
});

test("an unknown map is the first one, and shares are held within the map", () => {
  assert.deepEqual(colourMap("nonsense", "dark"), colourMap("kelp", "dark"));
  const map = colourMap("kelp", "dark");
  assert.equal(cssColour(map, -3), cssColour(map, 0));
  assert.equal(cssColour(map, 3), cssColour(map, 1));
});
