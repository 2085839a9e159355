/** The page's words. `{name}` in a message is replaced by a parameter; numbers as the language writes them. */

import { store } from "../state/store.js";
import { en } from "./en.js";
import { ja } from "./ja.js";

/** @typedef {"en"|"ja"} Language */
/** @typedef {string|{one: string, other: string}} Message */
/** @typedef {Readonly<Record<string, Message>>} Messages */

/** @type {Record<Language, Messages>} */
export const LANGUAGES = { en, ja };

/**
 * A message in a given language; a key without a message is shown as it is.
 * @param {Language} language
 * @param {string} key
 * @param {Record<string, string|number>} [params] `count` chooses between one and other
 * @returns {string}
 */
export function translate(language, key, params = {}) {
  const message = LANGUAGES[language][key];
  if (message === undefined) return key;
  const count = Number(params.count);
  const text = typeof message === "string" ? message : message[count === 1 ? "one" : "other"];
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value;
  });
}

/**
 * A message in the chosen language.
 * @param {string} key
 * @param {Record<string, string|number>} [params]
 */
export function t(key, params) {
  return translate(store.get().language, key, params);
}

/**
 * Whether there is a message, for keys made from what the server says.
 * @param {string} key
 */
export function hasMessage(key) {
  return key in LANGUAGES[store.get().language];
}

/**
 * The name of a tag in the chosen language.
 * @param {{name: string, label_en?: string, label_ja?: string}} tag
 */
export function tagLabel(tag) {
  const label = store.get().language === "ja" ? tag.label_ja : tag.label_en;
  return label || tag.name;
}
