/** Asks for a folder. A browser does not tell paths, so it is typed or pasted. */

import { button } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { indexFolder } from "./actions.js";

/** @param {{onstarted?: () => void}} [options] */
export function createFolderForm({ onstarted = () => {} } = {}) {
  const input = h("input", {
    class: "field",
    required: true,
    maxLength: 4096,
    spellcheck: false,
    autocomplete: "off",
    placeholder: t(navigator.platform.startsWith("Win") ? "indexing.example.windows" : "indexing.example"),
    "aria-label": t("indexing.folder"),
    "aria-describedby": "folder-error",
  });
  const error = h("p", { class: "form-error", id: "folder-error", role: "alert", hidden: true });
  const send = button(t("indexing.start"), () => {}, { kind: "primary", type: "submit" });

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    send.disabled = true;
    const why = await indexFolder(input.value);
    send.disabled = false;
    error.hidden = why === null;
    error.textContent = why ?? "";
    input.setAttribute("aria-invalid", String(why !== null));
    if (why === null) onstarted();
    else input.focus();
  }
  return h("form", { class: "folder-form", onsubmit: submit }, h("div", { class: "folder-line" }, input, send), error);
}
