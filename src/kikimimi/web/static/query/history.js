/** What was asked before, in this browser. Pure but for the storage. */

import { readPreference, writePreference } from "../state/preferences.js";

const KEPT = 30;

/** @returns {string[]} newest first, as `syntax.js` writes queries */
export function recentQueries() {
  return readPreference("query.recent", /** @type {string[]} */ ([])).filter((text) => typeof text === "string");
}

/**
 * The history with one more query; what it was typed on top of is dropped.
 * @param {string[]} recent
 * @param {string} text
 */
export function withQuery(recent, text) {
  const rest = recent.filter((other) => other !== text);
  return [text, ...rest].slice(0, KEPT);
}

/** @param {string} text */
export function rememberQuery(text) {
  if (text) writePreference("query.recent", withQuery(recentQueries(), text));
}

export function forgetQueries() {
  writePreference("query.recent", []);
}
