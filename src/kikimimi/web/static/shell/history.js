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
 * @param {Label|null} label
 */
export function changeText(label) {
  if (label === null) return "";
  const { kind, params = {} } = label;
  const shown = { count: 1, ...params, ...(params.tag ? { tag: tagName(String(params.tag)) } : {}) };
  const key = `history.${kind}`;
  return hasMessage(key) ? t(key, shown) : t("history.other", { kind });
}

/** Take back a change, or the last one. @param {number} [change] */
export function undo(change) {
  void step(async () => t("history.undone", { change: changeText((await api.undo(change)).undone) }));
}

export function redo() {
  void step(async () => t("history.redone", { change: changeText((await api.redo()).redone) }));
}

/**
 * Say what was changed, with a way back.
 * @param {string} message
 * @param {import("../api/types.js").Changed} changed
 */
export function toastChange(message, { change, changed }) {
  if (change !== null) toast(message, { action: { label: t("history.undo"), run: () => undo(change) } });
  else toast(changed > 0 ? `${message} ${t("history.too_large")}` : message);
}

/** @param {() => Promise<string>} work */
async function step(work) {
  try {
    toast(await work());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toastError(error);
  }
  void refreshStatus();
}

/** The two buttons of the header. */
export function createHistoryButtons() {
  const back = iconButton("undo", t("history.undo"), () => undo());
  const forth = iconButton("redo", t("history.redo"), redo);

  function show() {
    const { status } = store.get();
    label(back, "history.undo", status?.can_undo ?? null);
    label(forth, "history.redo", status?.can_redo ?? null);
  }
  const ends = [
    store.subscribe((state) => state.status, show),
    offerActions({ "history.undo": () => undo(), "history.redo": redo }),
  ];
  show();
  return { elements: [back, forth], destroy: () => ends.forEach((end) => end()) };
}

/**
 * @param {HTMLButtonElement} button
 * @param {string} key
 * @param {Label|null} change
 */
function label(button, key, change) {
  button.disabled = change === null;
  const text = change === null ? t(key) : t(`${key}.what`, { change: changeText(change) });
  button.title = text;
  button.setAttribute("aria-label", text);
}
