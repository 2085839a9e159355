/** The conditions of a query one by one, each with the query that is left without it. Pure. */

import { LIST_FIELDS } from "./model.js";

/** @typedef {import("./model.js").PageQuery} PageQuery */

/**
 * @typedef {object} Chip
 * @property {"like"|"tag"|"format"|"rate"|"channels"|"folder"|"duration"|"loudness"|"playlist"|"missing"} kind
 * @property {1|-1} sign
 * @property {any} value
 * @property {Partial<PageQuery>} without what changes when it is removed
 */

/** @type {Partial<Record<keyof PageQuery, {kind: Chip["kind"], sign: 1|-1}>>} */
const LISTS = {
  like: { kind: "like", sign: 1 },
  tags: { kind: "tag", sign: 1 },
  without_tags: { kind: "tag", sign: -1 },
  folders: { kind: "folder", sign: 1 },
  formats: { kind: "format", sign: 1 },
  sample_rates_hz: { kind: "rate", sign: 1 },
  channels: { kind: "channels", sign: 1 },
};

const ORDER = /** @type {(keyof PageQuery)[]} */ (Object.keys(LISTS));

/**
 * @param {PageQuery} query
 * @returns {Chip[]}
 */
export function chipsOf(query) {
  const fields = [...LIST_FIELDS].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return [...fields.flatMap((field) => listChips(query, field)), ...singleChips(query)];
}

/**
 * @param {PageQuery} query
 * @param {keyof PageQuery} field
 * @returns {Chip[]}
 */
function listChips(query, field) {
  const about = LISTS[field];
  const values = /** @type {any[]} */ (query[field]);
  if (!about) return [];
  return values.map((value, at) => ({
    kind: about.kind,
    sign: field === "like" ? value.weight : about.sign,
    value,
    without: { [field]: values.filter((_, other) => other !== at) },
  }));
}

/**
 * @param {PageQuery} query
 * @returns {Chip[]}
 */
function singleChips(query) {
  /** @type {Chip[]} */
  const chips = [];
  const { min_duration_s, max_duration_s, min_loudness_lufs, max_loudness_lufs } = query;
  if (min_duration_s !== null || max_duration_s !== null) {
    const value = [min_duration_s, max_duration_s];
    chips.push({ kind: "duration", sign: 1, value, without: { min_duration_s: null, max_duration_s: null } });
  }
  if (min_loudness_lufs !== null || max_loudness_lufs !== null) {
    const value = [min_loudness_lufs, max_loudness_lufs];
    chips.push({ kind: "loudness", sign: 1, value, without: { min_loudness_lufs: null, max_loudness_lufs: null } });
  }
  if (query.playlist !== null) {
    chips.push({ kind: "playlist", sign: 1, value: query.playlist, without: { playlist: null } });
  }
  if (query.missing !== null) {
    chips.push({ kind: "missing", sign: query.missing ? 1 : -1, value: query.missing, without: { missing: null } });
  }
  return chips;
}
