/** A button that names the axis of a channel and opens a list of all axes, with a box to search. */

import { h, replaceChildren } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { axisDescription, axisName, KINDS, matchingAxes } from "./axis_names.js";
import { NOTHING } from "./settings.js";

/** @typedef {import("./calls.js").Axis} Axis */

const MOST_TAGS = 60;
let made = 0;

/**
 * @typedef {object} AxisMenu
 * @property {HTMLElement} element
 * @property {(axes: readonly Axis[], key: string | undefined) => void} show
 */

/**
 * @param {object} options
 * @param {import("./settings.js").Channel} options.channel
 * @param {boolean} options.optional whether the channel can show nothing
 * @param {(key: string) => void} options.onChoose
 * @returns {AxisMenu}
 */
export function createAxisMenu({ channel, optional, onChoose }) {
  /** @type {readonly Axis[]} */
  let axes = [];
  let chosen = NOTHING;
  let active = 0;
  const id = `axis-menu-${++made}`;
  const name = t(`space.channel.${channel}`);
  const value = h("span", { class: "axis-button-value" });
  const toggle = h(
    "button",
    { class: "axis-button", type: "button", "aria-haspopup": "listbox", "aria-expanded": "false", onclick: () => (panel.hidden ? open() : close()) },
    h("span", { class: "axis-button-channel" }, name),
    value,
  );
  const search = h("input", {
    class: "field",
    type: "search",
    placeholder: t("space.axis.search"),
    role: "combobox",
    "aria-label": t("space.axis.search"),
    "aria-controls": id,
    "aria-expanded": "true",
    autocomplete: "off",
    oninput: () => ((active = 0), list()),
  });
  const options = h("div", { class: "axis-options", role: "listbox", id, "aria-label": name });
  const panel = h("div", { class: "axis-panel", hidden: true }, search, options);
  const element = h("div", { class: "axis-menu", "data-channel": channel }, toggle, panel);

  const found = () => {
    const usable = matchingAxes(axes.filter((axis) => axis.available), search.value);
    // Hundreds of tags are found by typing, not by scrolling.
    let tags = 0;
    return usable.filter(({ kind }) => kind !== "tag" || tags++ < MOST_TAGS);
  };
  /** @returns {{key: string, label: string, about: string, kind: string}[]} */
  const entries = () => {
    const sorted = KINDS.flatMap((kind) => found().filter((axis) => axis.kind === kind));
    const shown = sorted.map((axis) => ({ key: axis.key, label: axisName(axis), about: axisDescription(axis), kind: axis.kind }));
    const none = { key: NOTHING, label: t("space.axis.none"), about: "", kind: "none" };
    return optional && search.value === "" ? [none, ...shown] : shown;
  };
  const list = () => {
    const shown = entries();
    active = Math.min(active, Math.max(shown.length - 1, 0));
    /** @type {HTMLElement[]} */
    const rows = [];
    shown.forEach((entry, i) => {
      if (entry.kind !== "none" && entry.kind !== shown[i - 1]?.kind) {
        rows.push(h("div", { class: "axis-group", role: "presentation" }, t(`space.kind.${entry.kind}`)));
      }
      rows.push(row(entry, i));
    });
    if (shown.length === 0) rows.push(h("div", { class: "axis-empty" }, t("space.axis.nothing")));
    replaceChildren(options, rows);
    search.setAttribute("aria-activedescendant", shown.length > 0 ? `${id}-${active}` : "");
  };
  /** @param {{key: string, label: string, about: string}} entry @param {number} i */
  const row = (entry, i) =>
    h(
      "div",
      {
        class: "axis-option",
        role: "option",
        id: `${id}-${i}`,
        "data-key": entry.key,
        "data-active": i === active ? "true" : undefined,
        "aria-selected": String(entry.key === chosen),
        onclick: () => choose(entry.key),
      },
      h("span", null, entry.label),
      entry.about ? h("small", null, entry.about) : null,
    );
  /** @param {string} key */
  const choose = (key) => {
    close();
    onChoose(key);
  };
  const open = () => {
    panel.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    search.value = "";
    active = Math.max(entries().findIndex(({ key }) => key === chosen), 0);
    list();
    search.focus();
    reveal();
    keepInside();
  };
  /** Near the right edge of the page the list opens leftwards. */
  const keepInside = () => {
    panel.style.removeProperty("inset-inline");
    const over = panel.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
    if (over > 0) panel.style.setProperty("inset-inline-start", `${-over}px`);
  };
  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
    toggle.focus();
  };
  const reveal = () => document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => (active = Math.min(active + 1, entries().length - 1)),
    ArrowUp: () => (active = Math.max(active - 1, 0)),
    Enter: () => entries()[active] && choose(entries()[active].key),
    Escape: close,
  };
  panel.addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters typed here are no shortcuts of the page
    const action = event.isComposing ? undefined : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
    if (!panel.hidden) {
      list();
      reveal();
    }
  });
  // The options keep the focus in the box, so that losing it means that the user went elsewhere.
  options.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("focusout", (event) => {
    if (element.contains(/** @type {Node | null} */ (event.relatedTarget))) return;
    panel.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
  });

  return {
    element,
    show(newAxes, key) {
      axes = newAxes;
      chosen = key ?? NOTHING;
      const axis = axes.find((one) => one.key === chosen);
      value.textContent = axis ? axisName(axis) : t("space.axis.none");
      toggle.setAttribute("aria-label", `${name}: ${value.textContent}`);
      toggle.title = axis ? axisDescription(axis) : "";
    },
  };
}
