/** Names of tags in both languages, as far as they were seen, for places that know only the name. */

import { tagLabel } from "../i18n/i18n.js";

/** @typedef {{name: string, label_en?: string, label_ja?: string}} Labels */

/** @type {Map<string, Labels>} */
const known = new Map();

/** @param {Iterable<Labels>} tags */
export function rememberTags(tags) {
  for (const { name, label_en, label_ja } of tags) known.set(name, { name, label_en, label_ja });
}

/**
 * @param {string} name
 * @returns {string} in the chosen language
 */
export function tagName(name) {
  return tagLabel(known.get(name) ?? { name, label_en: name.split("/").at(-1), label_ja: name.split("/").at(-1) });
}
