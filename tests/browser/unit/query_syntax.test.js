import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyQuery, isEmptyQuery, toRequest } from "../../../src/kikimimi/web/static/query/model.js";
import { formatQuery, parseQuery } from "../../../src/kikimimi/web/static/query/syntax.js";
import { formatRange, parseRange, parseSampleRate } from "../../../src/kikimimi/web/static/query/values.js";

const read = (text) => parseQuery(text).query;

test("words stay words, with quotes, minus and Japanese", () => {
  for (const text of ['rain roof -thunder "heavy drops"', "雨、雪", "12:30 o'clock", "foo:bar", "http://x", '"tag:dog"', '-"a b"']) {
    assert.deepEqual(read(text), { ...emptyQuery(), text });
  }
});

test("filters stand anywhere and leave the words", () => {
  const query = read('tag:dog rain -tag:"esc50/rain drops" folder:"/a b/c" dur:2-10 rate:44.1k ch:stereo roof format:wav lufs:-30..-20');
  assert.equal(query.text, "rain roof");
  assert.deepEqual(query.tags, ["dog"]);
  assert.deepEqual(query.without_tags, ["esc50/rain drops"]);
  assert.deepEqual(query.folders, ["/a b/c"]);
  assert.deepEqual([query.min_duration_s, query.max_duration_s], [2, 10]);
  assert.deepEqual(query.sample_rates_hz, [44100]);
  assert.deepEqual(query.channels, [2]);
  assert.deepEqual(query.formats, ["WAV"]);
  assert.deepEqual([query.min_loudness_lufs, query.max_loudness_lufs], [-30, -20]);
});

test("filters have Japanese names and a wide colon", () => {
  const query = read("タグ：犬　長さ:<3 フォルダ:天候 雨");
  assert.deepEqual([query.tags, query.max_duration_s, query.folders, query.text], [["犬"], 3, ["天候"], "雨"]);
});

test("examples have a sign, a stretch, and a sound or an upload", () => {
  assert.deepEqual(read("like:#12@0.5-1.25 -like:45 like:u:Ab_-9").like, [
    { sound: 12, start_s: 0.5, end_s: 1.25, weight: 1 },
    { sound: 45, weight: -1 },
    { upload: "Ab_-9", weight: 1 },
  ]);
});

test("a filter with a senseless value is told of and is no word", () => {
  const { query, problems } = parseQuery("rain dur:long ch:many like:x@3-1 -rate:48k");
  assert.equal(query.text, "rain");
  assert.deepEqual(problems.map(({ key }) => key), ["dur", "ch", "like", "rate"]);
});

test("the same value twice is one", () => {
  assert.deepEqual(read("tag:dog tag:dog").tags, ["dog"]);
});

test("what is written reads back, whatever the query", () => {
  const pick = (seed, values) => values[seed % values.length];
  for (let seed = 0; seed < 400; seed += 1) {
    const query = {
      ...emptyQuery(),
      text: pick(seed, ["", "rain", '"a b" -c', "雨、雪", "x:y"]),
      tags: pick(seed >> 1, [[], ["犬"], ["a b", "esc50/dog"]]),
      without_tags: pick(seed >> 2, [[], ["wind"]]),
      folders: pick(seed >> 3, [[], ["/音/雨 と 風", "C:\\fx"]]),
      formats: pick(seed, [[], ["WAV", "FLAC"]]),
      sample_rates_hz: pick(seed >> 1, [[], [44100, 96000]]),
      channels: pick(seed >> 2, [[], [1]]),
      min_duration_s: pick(seed, [null, 0.25, 2]),
      max_duration_s: pick(seed >> 1, [null, 60]),
      min_loudness_lufs: pick(seed >> 2, [null, -40]),
      max_loudness_lufs: pick(seed >> 3, [null, -12.5]),
      playlist: pick(seed >> 1, [null, 3]),
      missing: pick(seed, [null, true, false]),
      like: pick(seed >> 2, [[], [{ sound: 1, weight: 1 }, { sound: 2, start_s: 0, end_s: 0.5, weight: -1 }, { upload: "k_-", weight: 1 }]]),
    };
    assert.deepEqual(parseQuery(formatQuery(query)), { query, problems: [] });
  }
});

test("a request holds only what is set; the order alone is no condition", () => {
  assert.deepEqual(toRequest({ ...emptyQuery(), tags: ["a"], min_duration_s: 0, missing: false }), { tags: ["a"], min_duration_s: 0, missing: false, sort: "rank", descending: false });
  assert.ok(isEmptyQuery({ ...emptyQuery(), sort: "name", descending: true }));
  assert.ok(!isEmptyQuery({ ...emptyQuery(), channels: [1] }));
});

test("ranges read as people write them", () => {
  assert.deepEqual(parseRange("2-10"), [2, 10]);
  assert.deepEqual(parseRange("2s-10s"), [2, 10]);
  assert.deepEqual(parseRange("-30..-20"), [-30, -20]);
  assert.deepEqual(parseRange("-30--20"), [-30, -20]);
  assert.deepEqual(parseRange("1〜2"), [1, 2]);
  assert.deepEqual(parseRange("<=3"), [null, 3]);
  assert.deepEqual(parseRange(">−20"), [-20, null]);
  assert.deepEqual(parseRange("5"), [4.5, 5.5]);
  for (const text of ["", "x", "10-2", "<", "1-2-3"]) assert.equal(parseRange(text), null, text);
  for (const [low, high] of [[1, 2], [null, 2], [-3.5, null], [-30, -20]]) assert.deepEqual(parseRange(formatRange(low, high)), [low, high]);
  assert.deepEqual(["48000", "44.1k", "48 kHz", "fast"].map((text) => parseSampleRate(text.replace(" ", ""))), [48000, 44100, 48000, null]);
});
