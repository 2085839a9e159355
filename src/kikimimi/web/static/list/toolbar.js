/** The line above the list: how many sounds, what narrows them, and how the list looks. */

import { iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { showsWaiting } from "../components/waiting.js";
import { t } from "../i18n/i18n.js";
import { runAction } from "../keys/keyboard.js";
import { createChips } from "../query/chips_view.js";
import { store } from "../state/store.js";

/**
 * @param {{columns: {openMenu: (opener: HTMLElement) => void}}} options
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createToolbar({ columns }) {
  const count = h("div", { class: "toolbar-count", role: "status", "aria-live": "polite" });
  const chips = createChips();
  const columnButton = iconButton("columns", t("list.columns"), () => columns.openMenu(columnButton));
  const element = h(
    "div",
    { class: "toolbar" },
    iconButton("filter", t("facets.title"), () => void runAction("page.facets"), { keys: "F" }),
    count,
    chips.element,
    columnButton,
    iconButton("panel", t("tags.inspector"), () => void runAction("page.inspector"), { keys: "I" }),
  );

  function showCount() {
    const { result, total, ms, selected } = store.get();
    if (result === null) return replaceChildren(count);
    const chosen = selected.size > 1 ? h("span", { class: "toolbar-selected" }, t("list.selected", { count: selected.size })) : null;
    replaceChildren(count, h("strong", null, t("list.sounds", { count: total })), chosen);
    count.title = ms === null ? "" : t("list.took", { ms: Math.round(ms) });
  }

  const setSearching = showsWaiting(element, "searching");
  const ends = [
    store.subscribe((state) => state.result, showCount),
    store.subscribe((state) => state.total, showCount),
    store.subscribe((state) => state.selected, showCount),
    store.subscribe((state) => state.searching, setSearching),
  ];
  showCount();
  setSearching(store.get().searching);
  return {
    element,
    destroy() {
      setSearching(false);
      chips.destroy();
      for (const end of ends) end();
    },
  };
}
