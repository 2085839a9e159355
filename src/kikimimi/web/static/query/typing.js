/** What is being typed: which filters are finished, and which word is at the caret. Pure. */

import { parseQuery } from "./syntax.js";

/** @typedef {import("./model.js").PageQuery} PageQuery */

/**
 * Read what is in the box. A filter counts when it is finished: a space after it, or Enter.
 * @param {string} value
 * @param {PageQuery} query what is asked for so far
 * @param {{finished: boolean}} options
 * @returns {{query: PageQuery, rest: string, problems: import("./syntax.js").Problem[]}} rest: what stays in the box
 */
export function readTyped(value, query, { finished }) {
  const cut = finished ? value.length : openTokenStart(value);
  const open = value.slice(cut);
  const { query: read, problems } = parseQuery(value.slice(0, cut), query);
  const words = open && !isFilter(open) ? `${read.text} ${open}`.trim() : read.text;
  const changed = JSON.stringify({ ...read, text: "" }) !== JSON.stringify({ ...query, text: "" });
  return { query: { ...read, text: words }, rest: changed ? `${read.text}${read.text && open ? " " : ""}${open}` : value, problems };
}

/**
 * Where the word begins that is still being typed.
 * @param {string} value
 */
function openTokenStart(value) {
  return /[^\s\u3000]*(?::"[^"]*)?$/u.exec(value)?.index ?? value.length;
}

/** @param {string} word */
function isFilter(word) {
  return /^-?[\p{L}]+[:：]/u.test(word);
}

/**
 * The word before the caret, for suggestions.
 * @param {string} value
 * @param {number} caret
 * @returns {{start: number, minus: boolean, key: string|null, word: string}}
 */
export function wordAt(value, caret) {
  const before = value.slice(0, caret);
  const start = openTokenStart(before);
  const found = /^(-?)(?:(\p{L}+)[:：])?"?(.*)$/su.exec(before.slice(start));
  return { start, minus: found?.[1] === "-", key: found?.[2] ?? null, word: found?.[3] ?? "" };
}
