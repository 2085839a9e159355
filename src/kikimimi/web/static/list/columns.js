/** The columns of the list: which, how wide, in what order; remembered by the browser. Pure but for that. */

import { readPreference, writePreference } from "../state/preferences.js";

/**
 * @typedef {object} Column
 * @property {ColumnKey} key
 * @property {string|null} sort what the server sorts by, null when it cannot
 * @property {number} width px at first
 * @property {boolean} [end] numbers stand at the end of the cell
 * @property {boolean} [fixed] cannot be hidden
 * @property {boolean} [hidden] not shown until the user chooses it
 */

/** @typedef {"wave"|"name"|"folder"|"duration"|"rate"|"channels"|"format"|"tags"|"loudness"|"distance"} ColumnKey */

/** @type {readonly Column[]} */
export const COLUMNS = [
  { key: "wave", sort: null, width: 96 },
  { key: "name", sort: "name", width: 180, fixed: true },
  { key: "folder", sort: "folder", width: 108 },
  { key: "duration", sort: "duration_s", width: 58, end: true },
  { key: "rate", sort: "sample_rate_hz", width: 52, end: true },
  { key: "channels", sort: "channels", width: 36, end: true },
  { key: "format", sort: null, width: 58, hidden: true },
  { key: "tags", sort: null, width: 140 },
  { key: "loudness", sort: "loudness_lufs", width: 56, end: true },
  { key: "distance", sort: "distance", width: 58, end: true },
];

export const NARROWEST = 36;
const WIDEST = 900;

/** @typedef {{hidden: ColumnKey[], widths: Partial<Record<ColumnKey, number>>}} Layout */

/** @returns {Layout} */
export function defaultLayout() {
  return { hidden: COLUMNS.filter((column) => column.hidden).map(({ key }) => key), widths: {} };
}

/** @returns {Layout} */
export function readLayout() {
  const { hidden, widths } = { ...defaultLayout(), ...readPreference("list.layout", {}) };
  const keys = new Set(COLUMNS.map(({ key }) => key));
  return {
    hidden: (Array.isArray(hidden) ? hidden : []).filter((key) => keys.has(key)),
    widths: Object.fromEntries(
      Object.entries(widths ?? {}).filter(([key, width]) => keys.has(/** @type {ColumnKey} */ (key)) && width > 0),
    ),
  };
}

/** @param {Layout} layout */
export function keepLayout(layout) {
  writePreference("list.layout", layout);
}

/** What a phone has room for. @type {readonly ColumnKey[]} */
const ON_A_PHONE = ["wave", "name", "duration"];

/**
 * @param {Layout} layout
 * @param {{distances: boolean, narrow?: boolean}} shown distances: the result is ranked by one
 * @returns {Column[]}
 */
export function visibleColumns(layout, { distances, narrow = false }) {
  return COLUMNS.filter(
    ({ key }) =>
      !layout.hidden.includes(key) && (key !== "distance" || distances) && (!narrow || ON_A_PHONE.includes(key)),
  );
}

/**
 * @param {Layout} layout
 * @param {ColumnKey} key
 * @returns {Layout}
 */
export function toggleColumn(layout, key) {
  const hidden = layout.hidden.filter((other) => other !== key);
  return { ...layout, hidden: hidden.length < layout.hidden.length ? hidden : [...hidden, key] };
}

/**
 * @param {Layout} layout
 * @param {ColumnKey} key
 * @param {number} width
 * @returns {Layout}
 */
export function resizeColumn(layout, key, width) {
  const within = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  return { ...layout, widths: { ...layout.widths, [key]: within } };
}

/**
 * @param {Layout} layout
 * @param {Column} column
 */
export function columnWidth(layout, column) {
  return layout.widths[column.key] ?? column.width;
}

/**
 * CSS grid tracks; the name takes what is left.
 * @param {Column[]} columns
 * @param {Layout} layout
 */
export function gridTracks(columns, layout) {
  return columns
    .map((column) => {
      const width = columnWidth(layout, column);
      return column.key === "name" ? `minmax(${width}px, 1fr)` : `${width}px`;
    })
    .join(" ");
}
