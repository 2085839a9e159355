/** Values with counts, each of which can be asked for, and ruled out where that is possible. */

import { h, replaceChildren } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/i18n.js";

/**
 * @typedef {object} Value
 * @property {string} key
 * @property {string} label
 * @property {number} count
 * @property {1|-1|0} chosen asked for, ruled out, neither
 * @property {number} [depth] how far it is indented
 * @property {boolean} [open] of a branch: its parts are shown
 */

/**
 * @param {HTMLElement} list
 * @param {Value[]} values
 * @param {{ontoggle: (key: string) => void, onexclude?: (key: string) => void, onopen?: (key: string) => void}} options
 */
export function showValues(list, values, { ontoggle, onexclude, onopen }) {
  const focused = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.focus : null;
  const format = new Intl.NumberFormat();
  const items = values.map(({ key, label, count, chosen, depth = 0, open }) => {
    const branch = open !== undefined && onopen;
    const turn = branch
      ? h("button", { class: "value-branch", type: "button", "data-focus": `b${key}`, "aria-expanded": open, "aria-label": t("facets.open", { name: label }), onclick: () => onopen(key) }, icon("right"))
      : null;
    const main = h(
      "button",
      { class: "value", type: "button", title: label, "aria-pressed": chosen > 0, "data-focus": `v${key}`, onclick: () => ontoggle(key) },
      h("span", { class: "value-label" }, label),
      h("span", { class: "value-count" }, format.format(count)),
    );
    const exclude = onexclude
      ? h("button", { class: "value-exclude", type: "button", title: t("facets.exclude", { name: label }), "aria-label": t("facets.exclude", { name: label }), "aria-pressed": chosen < 0, "data-focus": `x${key}`, onclick: () => onexclude(key) }, icon("minus"))
      : null;
    return h("li", { class: "value-row", "data-chosen": chosen, style: { "--depth": depth } }, turn, main, exclude);
  });
  replaceChildren(list, items);
  if (focused) /** @type {HTMLElement|null} */ (list.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
}
