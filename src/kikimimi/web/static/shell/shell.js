/** The frame of the page: header, banner, the view of the route, player. Made anew for a language. */

import { append, h, replaceChildren } from "../components/dom.js";
import { button } from "../components/buttons.js";
import { toastRoom } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { store } from "../state/store.js";
import { views } from "../views/registry.js";
import { createHeader } from "./header.js";

/**
 * @param {HTMLElement} root
 */
export function startShell(root) {
  let frame = createFrame(root);
  store.subscribe((state) => state.language, () => {
    frame.destroy();
    frame = createFrame(root);
  });
}

/** @param {HTMLElement} root */
function createFrame(root) {
  const room = h("main", { class: "room", id: "room", tabIndex: -1 });
  const header = createHeader({ queryBar: h("div"), tools: [], onhelp: () => {} });
  const skip = h("a", { class: "skip-link", href: "#room", onclick: focusRoom }, t("app.skip"));
  const shell = h("div", { class: "shell" }, header.element, h("div"), room);
  root.replaceChildren();
  append(root, [skip, shell, toastRoom()]);
  document.title = t("app.title");
  const outlet = createOutlet(room);
  return {
    destroy() {
      outlet.destroy();
      header.destroy();
    },
  };

  /** @param {MouseEvent} event */
  function focusRoom(event) {
    event.preventDefault();
    /** @type {HTMLElement} */ (room.querySelector("[role=grid]") ?? room).focus();
  }
}

/**
 * Shows the view of the route in an element.
 * @param {HTMLElement} room
 */
function createOutlet(room) {
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
      view.mount(room);
      shown = view;
    } catch (error) {
      if (mine !== turn) return;
      hide();
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
  show();
  return {
    destroy() {
      end();
      turn += 1;
      hide();
    },
  };
}
