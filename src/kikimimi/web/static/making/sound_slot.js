/** The place of one sound to make others of: chosen in the library, or a file. */

import { api, ApiError, urls } from "../api/client.js";
import { button } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { listenButton } from "./listening.js";
import { pickSound } from "./sound_picker.js";

/**
 * @typedef {object} SlotSound
 * @property {import("./calls.js").SourceKey} key
 * @property {string} name
 * @property {number} duration_s
 * @property {string} address
 */

/**
 * @param {string} title
 * @param {SlotSound|null} held
 * @param {(sound: SlotSound|null) => void} onchange
 */
export function createSlot(title, held, onchange) {
  const shown = h("div", { class: "making-held", "aria-live": "polite" });
  const file = h("input", { type: "file", accept: "audio/*,video/*", hidden: true, tabIndex: -1, "aria-hidden": "true", onchange: () => void send() });
  const element = h(
    "section",
    { class: "making-slot", "aria-label": title },
    h("h2", null, title),
    shown,
    h(
      "div",
      { class: "making-actions" },
      button(t("making.from-library"), () => void pick(), { icon: "search" }),
      button(t("making.from-file"), () => file.click(), { icon: "file" }),
      file,
    ),
  );
  show(held);

  async function pick() {
    const row = await pickSound();
    if (row) take(soundOfRow(row));
  }

  async function send() {
    const chosen = file.files?.[0];
    file.value = "";
    if (!chosen) return;
    element.setAttribute("aria-busy", "true");
    try {
      const { upload, name, duration_s } = await api.upload(chosen, chosen.name);
      take({ key: { upload }, name: name || chosen.name, duration_s, address: urls.upload(upload) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toastError(error);
    } finally {
      element.removeAttribute("aria-busy");
    }
  }

  /** @param {SlotSound} sound */
  function take(sound) {
    show(sound);
    onchange(sound);
  }

  /** @param {SlotSound|null} sound */
  function show(sound) {
    if (!sound) return replaceChildren(shown, h("p", { class: "making-note" }, t("making.empty")));
    const { name, duration_s, address } = sound;
    replaceChildren(
      shown,
      listenButton(name, () => ({ address, loop: false })).element,
      h("span", { class: "making-name" }, name),
      h("small", null, formatDuration(duration_s)),
    );
  }
  return { element, take };
}

/**
 * @param {import("../api/types.js").Row} row
 * @returns {SlotSound}
 */
export function soundOfRow(row) {
  return { key: { sound: row.id }, name: row.name, duration_s: row.duration_s, address: urls.media(row) };
}
