import assert from "node:assert/strict";
import { test } from "node:test";
import { createAxisStore, layOut, wantedKeys } from "../../../src/kikimimi/web/static/space/axis_store.js";
import { framed, spread } from "../../../src/kikimimi/web/static/space/bulk.js";
import { axisTicks } from "../../../src/kikimimi/web/static/space/axis_ticks.js";
import { highlightsOf, strengthsOf } from "../../../src/kikimimi/web/static/space/highlights.js";
import { DEFAULT_SETTINGS, formatSettings, NOTHING, parseSettings, usableChannels } from "../../../src/kikimimi/web/static/space/settings.js";
import { formatValue } from "../../../src/kikimimi/web/static/components/quantity.js";

test("settings survive the way through an address, hostile tag names too", () => {
  const settings = {
    ...DEFAULT_SETTINGS,
    channels: { x: "pca.1", y: "tag:rain, 100% \"wet\":", z: "umap.3", colour: "tag:雨", size: NOTHING },
    flat: true,
    scope: "result",
    hover: false,
    links: 25,
    detail: "full",
    map: "ember",
  };
  assert.deepEqual(parseSettings(formatSettings(settings)), settings);
});

test("the defaults need no words, and nonsense falls back to them", () => {
  assert.equal(formatSettings({ ...DEFAULT_SETTINGS }), "");
  assert.deepEqual(parseSettings("quatsch,:,flat,__proto__:1,constructor:2,links:many"), { ...DEFAULT_SETTINGS, links: 0 });
  assert.equal(parseSettings("links:9999").links, 50);
});

const axes = ["pca.1", "pca.2", "pca.3", "loudness_lufs"].map((key) => ({ key, available: true }));

test("an axis that the library lacks gives way to one that it has", () => {
  const channels = usableChannels({ x: "umap.1", y: "loudness_lufs", colour: NOTHING }, axes);
  assert.deepEqual(channels, { x: "pca.1", y: "loudness_lufs", z: "pca.3", colour: NOTHING, size: NOTHING });
  assert.equal(usableChannels({}, [{ key: "umap.1", available: false }, ...axes]).x, "pca.1");
  assert.equal(usableChannels({ x: NOTHING }, axes).x, "pca.1");
});

function payload(keys, revision = 1) {
  return {
    revision,
    ids: Uint32Array.from([4, 9]),
    axes: keys.map((key, i) => ({ key, scale: "linear", min: 0, max: 1, steps: Uint16Array.from([i, 65535]) })),
  };
}

test("only axes that are not here yet are fetched", async () => {
  const asked = [];
  const store = createAxisStore(async (keys) => (asked.push([...keys]), payload(keys)));
  await store.load(["a", "b"]);
  await store.load(["b", "c"]);
  await store.load(["a", "c"]);
  assert.deepEqual(asked, [["a", "b"], ["c"]]);
});

test("a library that changed between two answers is read anew as a whole", async () => {
  let revision = 1;
  const store = createAxisStore(async (keys) => payload(keys, revision));
  await store.load(["a", "b"]);
  revision = 2;
  await store.load(["a", "c"]);
  assert.ok(store.axis("a") && store.axis("c"));
  assert.equal(store.axis("b"), null);
});

test("places are laid out from the channels, and sounds without a value are counted", async () => {
  const store = createAxisStore(async (keys) => payload(keys));
  const channels = { x: "a", y: "b", z: "a", colour: "c", size: NOTHING };
  assert.deepEqual(wantedKeys(channels), ["a", "b", "c"]);
  await store.load(wantedKeys(channels));
  const { places, sizes, missing } = layOut(store, channels);
  assert.deepEqual([...places.subarray(0, 3)], [0, 1, 0]);
  assert.deepEqual([...places.subarray(4)], new Array(4).fill(65535));
  assert.equal(sizes[0], sizes[1]);
  assert.equal(missing, 1);
});

test("ticks are round and lie within the axis", () => {
  assert.deepEqual(axisTicks({ scale: "linear", min: -0.21, max: 0.93 }), [-0.2, 0, 0.2, 0.4, 0.6, 0.8]);
  assert.deepEqual(axisTicks({ scale: "log", min: 20, max: 20000 }), [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000]);
  assert.deepEqual(axisTicks({ scale: "log", min: 0.001, max: 1000 }), [0.001, 0.01, 0.1, 1, 10, 100, 1000]);
  assert.deepEqual(axisTicks({ scale: "linear", min: 5, max: 5 }), [5]);
  for (const value of axisTicks({ scale: "log", min: 0.97, max: 1.9 })) assert.ok(value >= 0.97 && value <= 1.9);
});

test("values carry their units", () => {
  assert.equal(formatValue(1234, "Hz"), "1.23 kHz");
  assert.equal(formatValue(-23.04, "LUFS"), "−23 LUFS");
  assert.equal(formatValue(0.05, "s"), "0.05 s");
  assert.equal(formatValue(180, "s"), "3 min");
  assert.equal(formatValue(0.25, ""), "0.25");
});

test("links are strongest to the nearest", () => {
  assert.deepEqual(strengthsOf([1, 2, 3]), [1, 0.5, 0]);
  assert.deepEqual(strengthsOf([2, 2]), [1, 1]);
  assert.deepEqual(strengthsOf([]), []);
});

test("an example from outside stands among its nearest; what is not in the space is left out", () => {
  const indexOf = (id) => (id < 10 ? id : -1);
  const near = [{ id: 1, distance: 0.1 }, { id: 50, distance: 0.2 }, { id: 2, distance: 0.4 }];
  const { rings, links } = highlightsOf({ indexOf, current: null, query: { examples: [{ id: null, label: "Query" }], near }, hovered: 77 });
  assert.deepEqual(links.map(({ to }) => to), [1, 2]);
  const spot = rings.at(-1).spot;
  assert.deepEqual(spot.among, [1, 2]);
  assert.ok(spot.weights[0] > spot.weights[1]);
});

test("the chosen sound is linked to its nearest, but not to itself", () => {
  const near = [{ id: 3, distance: 0 }, { id: 4, distance: 1 }];
  const { rings, links } = highlightsOf({ indexOf: (id) => id, current: { id: 3, label: "a", near }, query: null, hovered: -1 });
  assert.deepEqual(links, [{ from: 3, to: 4, strength: 0 }]);
  assert.equal(rings.at(-1).kind, "current");
});

test("colours are spread over the bulk; outliers share the ends, and nothing is lost", () => {
  const steps = Uint16Array.from({ length: 1000 }, (_, i) => (i === 0 ? 65535 : i < 990 ? 1000 + i : 60000));
  const shown = spread({ key: "a", scale: "linear", min: 0, max: 65534, steps });
  assert.equal(shown.steps[0], 65535);
  assert.equal(shown.steps[999], 65534);
  assert.ok(shown.max < 2500 && shown.min >= 900);
  assert.ok(new Set(shown.steps).size > 900);
  const same = { key: "a", scale: "linear", min: 0, max: 1, steps: Uint16Array.from([65535, 65535]) };
  assert.deepEqual([...spread(same).steps], [65535, 65535]);
});

test("an axis is cut to the bulk only where most of it would be empty", () => {
  const even = { key: "a", scale: "linear", min: 0, max: 1, steps: Uint16Array.from({ length: 1000 }, (_, i) => i * 65) };
  assert.equal(framed(even), even);
  const lonely = Uint16Array.from({ length: 1000 }, (_, i) => (i === 0 ? 0 : i === 1 ? 65534 : 30000 + i));
  const shown = framed({ key: "a", scale: "linear", min: 0, max: 65534, steps: lonely });
  assert.ok(shown.min > 29000 && shown.max < 32000);
  assert.deepEqual([shown.steps[0], shown.steps[1]], [0, 65534]);
  const inside = shown.min + (shown.steps[500] / 65534) * (shown.max - shown.min);
  assert.ok(Math.abs(inside - 30500) < 1, "what is inside keeps its value");
});
