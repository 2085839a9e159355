import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDistance, formatDuration, formatLoudness, formatRate, formatTime, share, shortFolder } from "../../../src/kikimimi/web/static/components/format.js";

test("durations", () => {
  const shown = { 0.2: "0.20 s", 0.996: "1.0 s", 9.94: "9.9 s", 9.96: "10 s", 59.4: "59 s", 59.6: "1:00", 65: "1:05", 3723: "1:02:03", 36000: "10:00:00" };
  for (const [seconds, text] of Object.entries(shown)) assert.equal(formatDuration(Number(seconds)), text);
});

test("places in a sound", () => {
  assert.deepEqual([0, 3.24, 59.97, 65, -1].map(formatTime), ["0:00.0", "0:03.2", "1:00.0", "1:05.0", "0:00.0"]);
});

test("rates, levels, distances", () => {
  assert.deepEqual([44100, 48000, 22050, 192000].map(formatRate), ["44.1k", "48k", "22.1k", "192k"]);
  assert.deepEqual([-23.04, 0, null, undefined, -Infinity].map(formatLoudness), ["−23.0", "0.0", "–", "–", "–"]);
  assert.deepEqual([0.5, null].map(formatDistance), ["0.50", ""]);
});

test("folders by their last parts", () => {
  assert.equal(shortFolder("/a/b/c"), "b/c");
  assert.equal(shortFolder("/a/b/c", 1), "c");
  assert.equal(shortFolder("C:\\fx\\雨\\屋根", 1), "屋根");
  assert.equal(shortFolder("/"), "/");
});

test("shares", () => {
  assert.deepEqual([share(1, 4), share(5, 4), share(0, 0)], [0.25, 1, 0]);
});
