/** The list route: facets at the left, sounds in the middle, tags of the selection at the right. */

import { h } from "../components/dom.js";
import { createFacets } from "../facets/panel.js";
import { offerActions } from "../keys/keyboard.js";
import { createList } from "../list/list.js";
import { readPreference, writePreference } from "../state/preferences.js";
import { createInspector } from "../tags/inspector.js";

const WIDE = "(min-width: 1180px)";
const MEDIUM = "(min-width: 761px)";

/** @type {(() => void)[]} */
let ends = [];

/** @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    const panels = {
      facets: createPanelState("facets", matchMedia(MEDIUM).matches),
      inspector: createPanelState("inspector", matchMedia(WIDE).matches),
    };
    const facets = createFacets({ onclose: () => panels.facets.set(false) });
    const inspector = createInspector({
      onclose: () => panels.inspector.set(false),
      onopen: () => panels.inspector.set(true),
    });
    const list = createList();
    const layout = h("div", { class: "list-view" }, facets.element, list.element, inspector.element);
    for (const panel of Object.values(panels)) panel.attach(layout);
    element.append(layout);
    ends = [
      facets.destroy,
      inspector.destroy,
      list.destroy,
      offerActions({
        "page.facets": () => panels.facets.set(!panels.facets.get()),
        "page.inspector": () => panels.inspector.set(!panels.inspector.get()),
      }),
    ];
  },
  unmount() {
    for (const end of ends) end();
    ends = [];
  },
};

/**
 * Whether a panel is open: remembered where there is room for it, closed at first where there is not.
 * @param {string} name
 * @param {boolean} roomy
 */
function createPanelState(name, roomy) {
  let open = roomy && readPreference(`panel.${name}`, true);
  /** @type {HTMLElement|null} */
  let layout = null;
  const show = () => layout?.classList.toggle(`without-${name}`, !open);
  return {
    get: () => open,
    /** @param {boolean} value */
    set(value) {
      open = value;
      if (roomy) writePreference(`panel.${name}`, value);
      show();
    },
    /** @param {HTMLElement} element */
    attach(element) {
      layout = element;
      show();
    },
  };
}
