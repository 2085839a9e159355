import assert from "node:assert/strict";
import { test } from "node:test";
import { moveBefore, moveBy } from "../../../src/kikimimi/web/static/playlists/order.js";
import { mergeTags } from "../../../src/kikimimi/web/static/tags/merged.js";
import { distinctTags, unlikeLabels } from "../../../src/kikimimi/web/static/tags/same_thing.js";

test("an item moves by steps and stops at the ends", () => {
  assert.deepEqual(moveBy([1, 2, 3], 1, 1), [2, 1, 3]);
  assert.deepEqual(moveBy([1, 2, 3], 3, -9), [3, 1, 2]);
  assert.deepEqual(moveBy([1, 2, 3], 1, 9), [2, 3, 1]);
  assert.deepEqual(moveBy([1, 2, 3], 7, 1), [1, 2, 3]);
});

test("items are put before another one, in their order, and none is lost", () => {
  assert.deepEqual(moveBefore([1, 2, 3, 4, 5], new Set([4, 2]), 1), [2, 4, 1, 3, 5]);
  assert.deepEqual(moveBefore([1, 2, 3, 4, 5], new Set([1, 2]), null), [3, 4, 5, 1, 2]);
  assert.deepEqual(moveBefore([1, 2, 3, 4, 5], new Set([2, 3]), 3), [1, 2, 3, 4, 5]);
  assert.deepEqual(moveBefore([1, 2, 3], new Set([9]), 1), [1, 2, 3]);
});

const tag = (name, score, source) => ({ name, label_en: name, label_ja: name, score, source });

test("tags of several sounds: the user's first, then the commonest, then the surest", () => {
  const merged = mergeTags([
    { tags: [tag("rain", 0.9, "auto"), tag("wind", 0.5, "auto"), tag("mine", 1, "user")] },
    { tags: [tag("rain", 0.4, "auto"), tag("dog", 0.8, "taught"), tag("cat", 1, "rejected")] },
  ]);
  assert.deepEqual(merged.map(({ name, count, score }) => [name, count, score]), [["mine", 1, 1], ["rain", 2, 0.9], ["dog", 1, 0.8], ["wind", 1, 0.5]]);
});

test("a tag that one sound has from the user is the user's", () => {
  const [rain] = mergeTags([{ tags: [tag("rain", 0.9, "auto")] }, { tags: [tag("rain", 1, "user")] }]);
  assert.deepEqual([rain.source, rain.count, rain.score], ["user", 2, 1]);
});

const rain = { name: "audioset/Rain", label_en: "Rain", label_ja: "雨" };
const esc50Rain = { name: "esc50/rain", label_en: "Rain", label_ja: "雨" };
const bell = { name: "audioset/Church bell", label_en: "Church bell", label_ja: "教会の鐘" };
const bells = { name: "esc50/church_bells", label_en: "Church bells", label_ja: "教会の鐘" };
const own = { name: "雨", label_en: "雨", label_ja: "雨" };

test("of tags for one thing the first is shown", () => {
  assert.deepEqual(distinctTags([bells, rain, bell, esc50Rain]), [bells, rain]);
  assert.deepEqual(distinctTags([]), []);
});

test("labels that read the same name their vocabulary, the user's own tag does not", () => {
  const labels = (tags, key) => [...unlikeLabels(tags, (tag) => tag[key]).values()];
  assert.deepEqual(labels([rain, esc50Rain, bell], "label_ja"), ["雨 (AudioSet)", "雨 (ESC-50)", "教会の鐘"]);
  assert.deepEqual(labels([bell, bells], "label_en"), ["Church bell", "Church bells"]);
  assert.deepEqual(labels([own, rain], "label_ja"), ["雨", "雨 (AudioSet)"]);
});
