/** Measures, sizes and metadata as people read them. Pure. */

import { formatValue } from "../components/quantity.js";

const UNITS = [
  ["_lufs", "LUFS"],
  ["_hz", "Hz"],
  ["_db", "dBFS"],
  ["_s", "s"],
];

/**
 * @param {string} key whose ending tells the unit
 * @param {number | null} value
 * @returns {string}
 */
export function formatMeasure(key, value) {
  if (value === null || !Number.isFinite(value)) return "–";
  const unit = UNITS.find(([ending]) => key.endsWith(ending))?.[1] ?? "";
  return formatValue(value, unit);
}

/**
 * @param {number} bytes
 * @returns {string} `812 kB`, `3.4 MB`
 */
export function formatSize(bytes) {
  const steps = ["B", "kB", "MB", "GB", "TB"];
  let [size, step] = [bytes, 0];
  while (size >= 1000 && step < steps.length - 1) [size, step] = [size / 1000, step + 1];
  return `${step === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${steps[step]}`;
}

/**
 * Metadata of a file as sections of names and values; what is empty is left out.
 * @param {Record<string, unknown>} metadata
 * @returns {{name: string, entries: {name: string, value: string}[]}[]}
 */
export function metadataSections(metadata) {
  return Object.entries(metadata)
    .filter(([, content]) => typeof content === "object" && content !== null)
    .map(([name, content]) => ({ name, entries: entriesOf(/** @type {object} */ (content)) }))
    .filter(({ entries }) => entries.length > 0);
}

/**
 * @param {object} content
 * @returns {{name: string, value: string}[]}
 */
function entriesOf(content) {
  const isList = Array.isArray(content);
  return Object.entries(content)
    .map(([name, value]) => ({ name: isList ? String(Number(name) + 1) : name, value: text(value) }))
    .filter(({ value }) => value !== "");
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function text(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.values(value).map(text).filter(Boolean).join(" · ");
}
