/** Short messages above the player; read out by screen readers, gone by themselves. */

import { t, hasMessage } from "../i18n/i18n.js";
import { iconButton } from "./buttons.js";
import { h } from "./dom.js";

const STAYS_MS = 6000;
const MOST = 3;

/** @type {HTMLElement|null} */
let room = null;

/** The element that holds the messages; the shell puts it on the page. */
export function toastRoom() {
  room ??= h("div", { class: "toasts", role: "status", "aria-live": "polite" });
  return room;
}

/**
 * @param {string} message
 * @param {{kind?: "error"|"plain", action?: {label: string, run: () => void}}} [options]
 */
export function toast(message, { kind = "plain", action } = {}) {
  const close = () => element.remove();
  const button = action
    ? h("button", { class: "button", type: "button", onclick: () => (close(), action.run()) }, action.label)
    : null;
  const element = h(
    "div",
    { class: "toast", "data-kind": kind, role: kind === "error" ? "alert" : undefined },
    h("span", null, message),
    button,
    iconButton("close", t("app.close"), close),
  );
  const held = toastRoom();
  while (held.childElementCount >= MOST) held.firstElementChild?.remove();
  held.append(element);
  setTimeout(close, kind === "error" ? 2 * STAYS_MS : STAYS_MS);
}

/**
 * Say what went wrong in the chosen language.
 * @param {unknown} error
 */
export function toastError(error) {
  toast(errorText(error), { kind: "error" });
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function errorText(error) {
  const { code = "", message = String(error) } = /** @type {{code?: string, message?: string}} */ (error);
  const key = `error.${code}`;
  return hasMessage(key) ? t(key, { message }) : t("error.generic", { message });
}
