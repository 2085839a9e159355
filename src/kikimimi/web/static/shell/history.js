/** Undo and redo of everything, with a line that says what was undone. */

import { api, ApiError } from "../api/client.js";
import { iconButton } from "../components/buttons.js";
import { toast, toastError } from "../components/toast.js";
import { hasMessage, t } from "../i18n/i18n.js";
import { offerActions } from "../keys/keyboard.js";
import { store } from "../state/store.js";
import { tagName } from "../tags/labels.js";
import { refreshStatus } from "./connection.js";

/** @typedef {import("../api/types.js").Label} Label */

/**
 * A change in the words of the page.
 * @param {Label|string|null} label
 */
export function changeText(label) {
  if (label === null) return "";
  if (typeof label === "string") return label;
  const { kind, params = {} } = label;
  const shown = { count: 1, ...params, ...(params.tag ? { tag: tagName(String(params.tag)) } : {}) };
  const key = `history.${kind}`;
  return hasMessage(key) ? t(key, shown) : t("history.other", { kind });
}

export function undo() {
  void step(api.undo, "history.undone");
}

export function redo() {
  void step(api.redo, "history.redone");
}

/**
 * @param {() => Promise<{undone: Label|null}>} call
 * @param {string} message
 */
async function step(call, message) {
  try {
    const answer = /** @type {Record<string, Label|null>} */ (await call());
    toast(t(message, { change: changeText(answer.undone ?? answer.redone ?? null) }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toastError(error);
  }
  void refreshStatus();
}

/** The two buttons of the header. */
export function createHistoryButtons() {
  const back = iconButton("undo", t("history.undo"), undo);
  const forth = iconButton("redo", t("history.redo"), redo);

  function show() {
    const { status } = store.get();
    label(back, "history.undo", status?.can_undo ?? null);
    label(forth, "history.redo", status?.can_redo ?? null);
  }
  const ends = [
    store.subscribe((state) => state.status, show),
    offerActions({ "history.undo": undo, "history.redo": redo }),
  ];
  show();
  return { elements: [back, forth], destroy: () => ends.forEach((end) => end()) };
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} key
 * @param {Label|string|null} change
 */
function label(button, key, change) {
  button.disabled = change === null;
  const text = change === null ? t(key) : t(`${key}.what`, { change: changeText(change) });
  button.title = text;
  button.setAttribute("aria-label", text);
}
