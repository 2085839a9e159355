/** Shows the view of the route in an element; a view that cannot be loaded says so. */

import { button } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { store } from "../state/store.js";
import { views } from "../views/registry.js";

/** @param {HTMLElement} room */
export function createOutlet(room) {
  /** @type {import("../views/registry.js").View|null} */
  let shown = null;
  let turn = 0;

  async function show() {
    const mine = ++turn;
    const { view: name } = store.get().route;
    try {
      const { view } = await views[name]();
      if (mine !== turn) return;
      hide();
      shown = view;
      view.mount(room);
    } catch (error) {
      if (mine !== turn) return;
      hide();
      console.error(error);
      const why = t("app.view.failed", { why: String(error) });
      replaceChildren(room, h("div", { class: "view-failed", role: "alert" }, h("p", null, why), button(t("app.retry"), show)));
    }
  }

  function hide() {
    shown?.unmount();
    shown = null;
    room.replaceChildren();
  }

  const end = store.subscribe(({ route }) => `${route.view} ${route.id ?? ""}`, show);
  void show();
  return {
    destroy() {
      end();
      turn += 1;
      hide();
    },
  };
}
