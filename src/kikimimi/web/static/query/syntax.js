/**
 * The query as one line of text, for the address bar and for typing: words, and filters such as
 * `tag:dog -tag:rain dur:2-10 rate:48k ch:2 format:wav folder:"a b" lufs:-30..-20 like:#12@0.5-1.2`.
 * What has no such key stays words, with the quotes and minus signs of the search itself.
 */

import { emptyQuery } from "./model.js";
import { parseRange, parseSampleRate, formatRange } from "./values.js";

/** @typedef {import("./model.js").PageQuery} PageQuery */
/** @typedef {import("./model.js").Example} Example */
/** @typedef {{key: string, value: string}} Problem a filter whose value means nothing */

/**
 * What a filter adds to a query; null when its value means nothing.
 * @typedef {(query: PageQuery, value: string, minus: boolean) => Partial<PageQuery>|null} Reader
 */

/** @type {Record<string, Reader>} */
const READERS = {
  tag: (query, value, minus) =>
    minus
      ? { without_tags: added(query.without_tags, value) }
      : { tags: added(query.tags, value) },
  format: (query, value, minus) => (minus ? null : { formats: added(query.formats, value.toUpperCase()) }),
  folder: (query, value, minus) => (minus ? null : { folders: added(query.folders, value) }),
  rate: (query, value, minus) => {
    const rate = parseSampleRate(value);
    return rate === null || minus ? null : { sample_rates_hz: added(query.sample_rates_hz, rate) };
  },
  ch: (query, value, minus) => {
    const channels = { mono: 1, stereo: 2 }[value.toLowerCase()] ?? Number(value);
    const fits = Number.isInteger(channels) && channels > 0 && !minus;
    return fits ? { channels: added(query.channels, channels) } : null;
  },
  dur: (_query, value, minus) => {
    const range = parseRange(value);
    return range === null || minus ? null : { min_duration_s: range[0], max_duration_s: range[1] };
  },
  lufs: (_query, value, minus) => {
    const range = parseRange(value);
    return range === null || minus ? null : { min_loudness_lufs: range[0], max_loudness_lufs: range[1] };
  },
  playlist: (_query, value, minus) => (/^\d+$/.test(value) && !minus ? { playlist: Number(value) } : null),
  missing: (_query, value, minus) =>
    minus || !["yes", "no"].includes(value) ? null : { missing: value === "yes" },
  like: (query, value, minus) => {
    const example = parseExample(value, minus ? -1 : 1);
    return example ? { like: [...query.like, example] } : null;
  },
};

/** Other names of the filters, as people type them. @type {Record<string, string>} */
const ALIASES = {
  タグ: "tag",
  形式: "format",
  フォルダ: "folder",
  フォルダー: "folder",
  サンプルレート: "rate",
  チャンネル: "ch",
  channels: "ch",
  長さ: "dur",
  duration: "dur",
  音量: "lufs",
  ラウドネス: "lufs",
  loudness: "lufs",
};

const KEYS = [...Object.keys(READERS), ...Object.keys(ALIASES)].join("|");
const FILTER = new RegExp(`(?<=^|[\\s\u3000])(-?)(${KEYS})[:：](?:"([^"]*)"|([^\\s\u3000"]+))(?=$|[\\s\u3000])`, "giu");

/**
 * @param {string} text
 * @param {PageQuery} [start] what the filters are added to; its words are replaced
 * @returns {{query: PageQuery, problems: Problem[]}}
 */
export function parseQuery(text, start = emptyQuery()) {
  let query = start;
  /** @type {Problem[]} */
  const problems = [];
  const words = outsidePhrases(text, (minus, name, value) => {
    const key = ALIASES[name] ?? ALIASES[name.toLowerCase()] ?? name.toLowerCase();
    const patch = READERS[key](query, value, minus);
    if (patch) query = { ...query, ...patch };
    else problems.push({ key, value });
  });
  return { query: { ...query, text: words }, problems };
}

/**
 * Take the filters out of a text; what is inside a quoted phrase of words is none.
 * @param {string} text
 * @param {(minus: boolean, name: string, value: string) => void} take
 * @returns {string} the words that are left
 */
function outsidePhrases(text, take) {
  let left = "";
  let from = 0;
  for (const found of text.matchAll(FILTER)) {
    const before = text.slice(0, found.index);
    const quotesInFilters = before.length - before.replaceAll(FILTER, (all) => all.replaceAll('"', "")).length;
    if ((count(before, '"') - quotesInFilters) % 2) continue;
    left += text.slice(from, found.index);
    from = found.index + found[0].length;
    take(found[1] === "-", found[2], found[3] ?? found[4]);
  }
  return (left + text.slice(from)).replace(/[\s\u3000]+/g, " ").trim();
}

/**
 * @param {string} text
 * @param {string} sign
 */
function count(text, sign) {
  return text.split(sign).length - 1;
}

/**
 * @template V
 * @param {readonly V[]} values
 * @param {V} value
 * @returns {readonly V[]}
 */
function added(values, value) {
  return values.includes(value) ? values : [...values, value];
}

/**
 * @param {string} value `#12`, `#12@0.5-1.2`, `u:key`
 * @param {1|-1} weight
 * @returns {Example|null}
 */
function parseExample(value, weight) {
  const found = /^(?:#?(\d{1,15})|u:([\w-]{1,80}))(?:@([\d.]+)-([\d.]+))?$/.exec(value);
  if (!found) return null;
  const source = found[1] ? { sound: Number(found[1]) } : { upload: found[2] };
  if (!found[3]) return { ...source, weight };
  const [start_s, end_s] = [Number(found[3]), Number(found[4])];
  return start_s < end_s ? { ...source, start_s, end_s, weight } : null;
}

/**
 * @param {Example} example
 * @returns {string}
 */
export function formatExample({ sound, upload, start_s, end_s, weight }) {
  const region = start_s === undefined ? "" : `@${start_s}-${end_s}`;
  return `${weight < 0 ? "-" : ""}like:${sound === undefined ? `u:${upload}` : `#${sound}`}${region}`;
}

/**
 * The line that `parseQuery` reads back; the order of the result is not in it.
 * @param {PageQuery} query
 * @returns {string}
 */
export function formatQuery(query) {
  const range = (/** @type {string} */ key, /** @type {number|null} */ low, /** @type {number|null} */ high) =>
    low === null && high === null ? [] : [`${key}:${formatRange(low, high)}`];
  return [
    query.text,
    ...query.like.map(formatExample),
    ...query.tags.map((tag) => `tag:${quoted(tag)}`),
    ...query.without_tags.map((tag) => `-tag:${quoted(tag)}`),
    ...query.folders.map((folder) => `folder:${quoted(folder)}`),
    ...query.formats.map((format) => `format:${quoted(format)}`),
    ...query.sample_rates_hz.map((rate) => `rate:${rate}`),
    ...query.channels.map((channels) => `ch:${channels}`),
    ...range("dur", query.min_duration_s, query.max_duration_s),
    ...range("lufs", query.min_loudness_lufs, query.max_loudness_lufs),
    ...(query.playlist === null ? [] : [`playlist:${query.playlist}`]),
    ...(query.missing === null ? [] : [`missing:${query.missing ? "yes" : "no"}`]),
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {string} value */
function quoted(value) {
  const plain = value.replaceAll('"', "");
  return /[\s\u3000]/.test(plain) || plain === "" ? `"${plain}"` : plain;
}
