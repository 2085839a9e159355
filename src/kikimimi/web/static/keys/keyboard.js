/** Sends key presses to what the parts of the page offer to do. */

import { KEYMAP } from "./keymap.js";
import { keyName } from "./key_names.js";

/** @typedef {(event: KeyboardEvent) => void|boolean} Action false: not for me, let the browser have it */

/** @type {Map<string, string>} */
const actionOfKey = new Map(
  KEYMAP.filter(({ local }) => !local).flatMap(({ keys, action }) => keys.map((key) => [key, action])),
);

/** The newest offer comes first: a view on top takes a key from the page below. @type {Map<string, Action[]>} */
const offers = new Map();

/** Listen to the keyboard. */
export function startKeyboard() {
  document.addEventListener("keydown", onKeyDown);
}

/**
 * Offer actions of the keymap.
 * @param {Record<string, Action>} actions
 * @returns {() => void} what takes them back
 */
export function offerActions(actions) {
  for (const [name, action] of Object.entries(actions)) {
    offers.set(name, [action, ...(offers.get(name) ?? [])]);
  }
  return () => {
    for (const [name, action] of Object.entries(actions)) {
      offers.set(name, (offers.get(name) ?? []).filter((other) => other !== action));
    }
  };
}

/**
 * Do what a key would.
 * @param {string} name
 * @param {KeyboardEvent} [event]
 */
export function runAction(name, event = new KeyboardEvent("keydown")) {
  for (const action of offers.get(name) ?? []) {
    if (action(event) !== false) return true;
  }
  return false;
}

/** @param {KeyboardEvent} event */
function onKeyDown(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const name = keyName(event);
  if (belongsToTarget(event, name)) return;
  const action = actionOfKey.get(name);
  if (action && runAction(action, event)) event.preventDefault();
}

/**
 * Whether the key means something to what has the focus: letters to a field, Space to a button.
 * @param {KeyboardEvent} event
 * @param {string} name
 */
function belongsToTarget(event, name) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest?.("dialog, [role=menu]")) return true;
  const field = target.closest?.("input, textarea, select, [contenteditable]");
  if (field) {
    const ranged = field instanceof HTMLInputElement && ["range", "checkbox"].includes(field.type);
    return !ranged || name === " " || name.startsWith("Arrow") || name === "Home" || name === "End";
  }
  const pressable = target.closest?.("button, a[href], summary, [role=button]");
  return Boolean(pressable) && (name === " " || name === "Enter");
}
