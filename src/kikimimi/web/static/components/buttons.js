/** Buttons: with words, and with an icon whose words are its label and tooltip. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{kind?: "primary"|"danger", icon?: import("./icons.js").IconName, disabled?: boolean, type?: string}} [options]
 */
export function button(label, onclick, { kind, icon: name, disabled, type = "button" } = {}) {
  const props = { class: "button", type, "data-kind": kind, onclick, disabled };
  return h("button", props, name ? icon(name) : null, h("span", null, label));
}

/**
 * @param {import("./icons.js").IconName} name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{pressed?: boolean, disabled?: boolean, keys?: string}} [options] keys: shown in the tooltip
 */
export function iconButton(name, label, onclick, { pressed, disabled, keys } = {}) {
  const title = keys ? `${label} (${keys})` : label;
  const props = {
    class: "icon-button",
    type: "button",
    title,
    "aria-label": label,
    "aria-pressed": pressed === undefined ? undefined : String(pressed),
    onclick,
    disabled,
  };
  return h("button", props, icon(name));
}

/**
 * @param {HTMLButtonElement} element
 * @param {boolean} pressed
 */
export function setPressed(element, pressed) {
  element.setAttribute("aria-pressed", String(pressed));
}

/**
 * Give an icon button another icon and label.
 * @param {HTMLButtonElement} element
 * @param {import("./icons.js").IconName} name
 * @param {string} label
 */
export function setIcon(element, name, label) {
  element.replaceChildren(icon(name));
  element.setAttribute("aria-label", label);
  element.title = label;
}
