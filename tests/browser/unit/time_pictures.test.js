import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMap } from "../../../src/kikimimi/web/static/components/colour_maps.js";
import { formatHertz, frequencyTicks, hertzAt, shareOf } from "../../../src/kikimimi/web/static/components/frequency_scale.js";
import { imageFrom, paint } from "../../../src/kikimimi/web/static/components/spectrogram_image.js";
import { edgeNear, extended, oppositeOf, regionBetween } from "../../../src/kikimimi/web/static/components/time_region.js";
import { following, formatTime, isWhole, panned, SHORTEST_VIEW_S, tickDecimals, timeAt, timeTicks, viewWithin, wholeView, xAt, zoomed } from "../../../src/kikimimi/web/static/components/time_view.js";
import { columnPeaks, decodeOverview, pictureGain } from "../../../src/kikimimi/web/static/components/waveform_peaks.js";
import { formatMeasure, formatSize, metadataSections } from "../../../src/kikimimi/web/static/sound/detail_values.js";
import { isEnough, wantedPicture } from "../../../src/kikimimi/web/static/sound/spectrogram_request.js";
import { bandOutline, loudestTime } from "../../../src/kikimimi/web/static/sound/tag_bands.js";

const near = (one, other, by = 1e-9) => assert.ok(Math.abs(one - other) <= by, `${one} is not ${other}`);

test("times and places are each other's inverse", () => {
  const view = viewWithin(2, 6, 10);
  for (const time of [2, 3.3, 6]) near(timeAt(view, xAt(view, time, 800), 800), time);
  assert.equal(timeAt(view, -10_000, 800), 0);
  assert.equal(timeAt(view, 10_000, 800), 10);
});

test("zooming keeps the time under the pointer, within the sound", () => {
  const view = zoomed(wholeView(10), 0.5, 4);
  near(xAt(view, 4, 100), 40);
  assert.ok(isWhole(zoomed(view, 99, 4)));
  near(zoomed(view, 0, 4).endS - zoomed(view, 0, 4).startS, SHORTEST_VIEW_S);
});

test("a view never leaves the sound, and follows the playhead by pages", () => {
  assert.deepEqual(panned(viewWithin(2, 4, 10), 99), { startS: 8, endS: 10, durationS: 10 });
  assert.deepEqual(panned(viewWithin(2, 4, 10), -99), { startS: 0, endS: 2, durationS: 10 });
  const view = viewWithin(0, 2, 10);
  assert.equal(following(view, 1), view);
  assert.equal(following(view, 5).startS, 5);
});

test("a sound of no length has a picture too", () => {
  assert.ok(Number.isFinite(xAt(wholeView(0), 0, 100)));
});

test("labels of times are round and apart", () => {
  assert.deepEqual(timeTicks(wholeView(10), 900), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(timeTicks(wholeView(300), 500), [0, 60, 120, 180, 240, 300]);
  assert.equal(formatTime(75.5), "1:15.50");
  assert.equal(formatTime(59.999), "1:00.00");
  assert.equal(formatTime(3661, 0), "1:01:01");
  assert.equal(tickDecimals(wholeView(60)), 0);
});

test("a drag makes a region either way; a click makes none", () => {
  assert.deepEqual(regionBetween(3, 1, 10), { startS: 1, endS: 3 });
  assert.deepEqual(regionBetween(-2, 99, 10), { startS: 0, endS: 10 });
  assert.equal(regionBetween(3, 3.001, 10), null);
});

test("the nearer edge is caught, and its opposite stays", () => {
  const region = { startS: 1, endS: 3 };
  assert.equal(edgeNear(region, 1.05, 0.1), "start");
  assert.equal(edgeNear(region, 2.95, 0.1), "end");
  assert.equal(edgeNear(region, 2, 0.1), null);
  assert.equal(edgeNear(null, 2, 9), null);
  assert.equal(oppositeOf(region, "start"), 3);
});

test("keys extend and shorten a region from the cursor", () => {
  const made = extended(null, 2, 2.5, 10);
  assert.deepEqual(made, { startS: 2, endS: 2.5 });
  assert.deepEqual(extended(made, 2.5, 3, 10), { startS: 2, endS: 3 });
  assert.deepEqual(extended({ startS: 2, endS: 3 }, 2, 1, 10), { startS: 1, endS: 3 });
});

test("columns of a waveform hold the extremes of their stretch", () => {
  const pairs = Int8Array.from([-10, 20, -100, 5, 0, 127, -3, 3]);
  const whole = columnPeaks(pairs, wholeView(4), 2);
  near(whole[0], -100 / 127, 1e-6);
  near(whole[1], 20 / 127, 1e-6);
  near(whole[3], 1, 1e-6);
  const wide = columnPeaks(pairs, viewWithin(1, 2, 4), 3);
  for (let i = 0; i < 3; i++) near(wide[2 * i], -100 / 127, 1e-6);
  assert.deepEqual([...columnPeaks(new Int8Array(0), wholeView(4), 2)], [0, 0, 0, 0]);
});

test("an overview comes out of base64 with its signs", () => {
  assert.deepEqual([...decodeOverview(Buffer.from([0x80, 0x7f, 0xff, 0]).toString("base64"))], [-128, 127, -1, 0]);
  assert.equal(decodeOverview(null).length, 0);
  assert.equal(pictureGain(Int8Array.from([-64, 32])), 127 / 64);
  assert.equal(pictureGain(Int8Array.from([0, 0])), 1);
});

test("frequencies and shares of the axis are each other's inverse on every scale", () => {
  for (const scale of ["log", "mel", "linear"]) {
    const axis = { scale, minHz: 40, maxHz: 20000 };
    near(shareOf(axis, 40), 0);
    near(shareOf(axis, 20000), 1);
    for (const hz of [100, 1000, 7777]) near(hertzAt(axis, shareOf(axis, hz)), hz, 1e-6);
  }
  assert.ok(shareOf({ scale: "mel", minHz: 0, maxHz: 20000 }, 1000) > shareOf({ scale: "linear", minHz: 0, maxHz: 20000 }, 1000));
});

test("labels of frequencies do not touch each other", () => {
  for (const scale of ["log", "mel", "linear"]) {
    const axis = { scale, minHz: 30, maxHz: 24000 };
    const ticks = frequencyTicks(axis, 300);
    assert.ok(ticks.length >= 5, scale);
    for (let i = 1; i < ticks.length; i++) {
      assert.ok((shareOf(axis, ticks[i]) - shareOf(axis, ticks[i - 1])) * 300 >= 22);
    }
  }
  assert.equal(formatHertz(500), "500");
  assert.equal(formatHertz(12000), "12k");
});

test("levels become the colours of the map", () => {
  const map = colourMap("image", "dark");
  const pixels = paint(Uint8Array.from([0, 255]), map);
  assert.deepEqual([...pixels.slice(0, 4)], [...map.slice(0, 3), 255]);
  assert.deepEqual([...pixels.slice(4)], [...map.slice(-3), 255]);
});

test("an image must have the size that its headers say", () => {
  const headers = new Map([["X-Rows", "2"], ["X-Columns", "3"], ["X-F-Min", "40"], ["X-F-Max", "8000"], ["X-Start-S", "0"], ["X-End-S", "1.5"]]);
  const image = imageFrom(new Uint8Array(6).buffer, headers, "mel");
  assert.deepEqual([image.rows, image.columns, image.endS, image.maxHz], [2, 3, 1.5, 8000]);
  assert.throws(() => imageFrom(new Uint8Array(5).buffer, headers, "mel"), RangeError);
});

test("a picture is asked for anew only when it shows too little or too coarsely", () => {
  const size = { width: 800, height: 240, ratio: 1 };
  const whole = wholeView(60);
  assert.ok(!isEnough(null, whole, size));
  const picture = wantedPicture(viewWithin(20, 30, 60), size);
  assert.ok(isEnough(picture, viewWithin(20, 30, 60), size));
  assert.ok(isEnough(picture, viewWithin(23, 33, 60), size));
  assert.ok(!isEnough(picture, viewWithin(40, 50, 60), size));
  assert.ok(!isEnough(picture, viewWithin(24, 25, 60), size));
  assert.ok(wantedPicture(whole, { width: 99999, height: 99999, ratio: 3 }).columns <= 2048);
});

test("tags over time reach from the beginning to the end", () => {
  assert.deepEqual(bandOutline([1, 3], [0.2, 1.4], 5), [{ timeS: 0, score: 0.2 }, { timeS: 1, score: 0.2 }, { timeS: 3, score: 1 }, { timeS: 5, score: 1 }]);
  assert.deepEqual(bandOutline([], [], 5), []);
  assert.equal(loudestTime([1, 3, 5], [0.1, 0.9, 0.3]), 3);
  assert.equal(loudestTime([], []), 0);
});

test("measures, sizes and metadata are worded", () => {
  assert.equal(formatMeasure("loudness_lufs", -23.456), "−23.5 LUFS");
  assert.equal(formatMeasure("pitch_hz", null), "–");
  assert.equal(formatSize(812), "812 B");
  assert.equal(formatSize(3_400_000), "3.4 MB");
  const sections = metadataSections({ bext: { description: "knock", originator: "" }, ixml: {}, ucs: null, cue: [{ time_s: 0.4, label: "a" }] });
  assert.deepEqual(sections, [
    { name: "bext", entries: [{ name: "description", value: "knock" }] },
    { name: "cue", entries: [{ name: "1", value: "0.4 · a" }] },
  ]);
});
