/** The frame of the page: header, banner, the view of the route, player. Made anew for a language. */

import { append, h } from "../components/dom.js";
import { toastRoom } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { createIndexIndicator } from "../indexing/indicator.js";
import { offerActions } from "../keys/keyboard.js";
import { createPlayerBar } from "../player/bar.js";
import { createDropZone } from "../query/drop_zone.js";
import { createQueryBar } from "../query/query_bar.js";
import { store } from "../state/store.js";
import { createHeader } from "./header.js";
import { openHelp } from "./help_dialog.js";
import { createHistoryButtons } from "./history.js";
import { createOutlet } from "./outlet.js";

/** @param {HTMLElement} root */
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
  const queryBar = createQueryBar();
  const indexing = createIndexIndicator();
  const history = createHistoryButtons();
  const header = createHeader({
    queryBar: queryBar.element,
    tools: [indexing.element, ...history.elements],
    onhelp: openHelp,
  });
  const banner = createBanner();
  const bar = createPlayerBar();
  const dropZone = createDropZone();
  const skip = h("a", { class: "skip-link", href: "#room", onclick: focusRoom }, t("app.skip"));
  const shell = h("div", { class: "shell" }, header.element, banner.element, room, bar.element);
  root.replaceChildren();
  append(root, [skip, shell, dropZone.element, toastRoom()]);
  document.title = t("app.title");
  const outlet = createOutlet(room);
  const withdraw = offerActions({ "page.help": openHelp });
  const parts = [outlet, header, queryBar, indexing, history, banner, bar, dropZone];
  return {
    destroy() {
      withdraw();
      for (const part of parts) part.destroy();
    },
  };

  /** @param {MouseEvent} event */
  function focusRoom(event) {
    event.preventDefault();
    /** @type {HTMLElement} */ (room.querySelector("[role=grid]") ?? room).focus();
  }
}

/** Says that the server is gone, as long as it is. */
function createBanner() {
  const element = h("div", { class: "banner", role: "alert", hidden: store.get().online }, t("app.offline"));
  const end = store.subscribe((state) => state.online, (online) => (element.hidden = online));
  return { element: h("div", null, element), destroy: end };
}
