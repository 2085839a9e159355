/** Dialogs over the page, on the browser's own <dialog>: focus stays inside, Escape closes. */

import { t } from "../i18n/i18n.js";
import { button, iconButton } from "./buttons.js";
import { h } from "./dom.js";

/**
 * @param {string} title
 * @param {{wide?: boolean, onclose?: () => void}} [options]
 * @returns {{element: HTMLDialogElement, body: HTMLElement, foot: HTMLElement, close: () => void}}
 */
export function openDialog(title, { wide = false, onclose } = {}) {
  const body = h("div", { class: "dialog-body" });
  const foot = h("div", { class: "dialog-foot" });
  const close = () => element.close();
  const element = h(
    "dialog",
    { class: `dialog${wide ? " dialog-wide" : ""}`, "aria-label": title },
    h("div", { class: "dialog-head" }, h("h2", null, title), iconButton("close", t("app.close"), close)),
    body,
    foot,
  );
  element.addEventListener("close", () => {
    element.remove();
    onclose?.();
  });
  element.addEventListener("pointerdown", (event) => {
    if (event.target === element) close();
  });
  document.body.append(element);
  element.showModal();
  return { element, body, foot, close };
}

/**
 * Ask for one line of text.
 * @param {string} title
 * @param {{label: string, value?: string, ok?: string, suggestions?: string[]}} options
 * @returns {Promise<string|null>} null when the user thinks better of it
 */
export function askText(title, { label, value = "", ok = t("app.ok"), suggestions = [] }) {
  return new Promise((resolve) => {
    /** @type {string|null} */
    let answer = null;
    const dialog = openDialog(title, { onclose: () => resolve(answer) });
    const listId = "ask-text-suggestions";
    const input = h("input", { class: "field", value, required: true, maxLength: 200, autocomplete: "off" });
    if (suggestions.length) input.setAttribute("list", listId);
    const form = h(
      "form",
      {
        class: "form",
        method: "dialog",
        onsubmit: () => (answer = input.value.trim() || null),
      },
      h("label", { class: "form-label" }, label, input),
      h("datalist", { id: listId }, suggestions.map((text) => h("option", { value: text }))),
      h("div", { class: "dialog-foot" }, button(t("app.cancel"), dialog.close), button(ok, () => {}, { kind: "primary", type: "submit" })),
    );
    dialog.body.append(form);
    dialog.foot.remove();
    input.select();
  });
}

/**
 * Ask before something is done that the user would miss.
 * @param {string} title
 * @param {{text: string, ok: string, danger?: boolean}} options
 * @returns {Promise<boolean>}
 */
export function askYes(title, { text, ok, danger = false }) {
  return new Promise((resolve) => {
    let answer = false;
    const dialog = openDialog(title, { onclose: () => resolve(answer) });
    dialog.body.append(h("p", null, text));
    const yes = button(ok, () => ((answer = true), dialog.close()), { kind: danger ? "danger" : "primary" });
    dialog.foot.append(button(t("app.cancel"), dialog.close), yes);
    yes.focus();
  });
}
