/** The header: the routes, the room of the query bar, tools of the whole page. */

import { iconButton, setIcon } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { formatRoute } from "../router/route.js";
import { store } from "../state/store.js";
import { switchLanguage, switchTheme } from "./appearance.js";

/**
 * @param {{queryBar: HTMLElement, tools: HTMLElement[], onhelp: () => void}} parts
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createHeader({ queryBar, tools, onhelp }) {
  const links = {
    list: h("a", { "data-view": "list" }, t("app.nav.list")),
    space: h("a", { "data-view": "space" }, t("app.nav.space")),
    sound: h("a", { "data-view": "sound" }, t("app.nav.sound")),
    make: h("a", { "data-view": "make" }, t("app.nav.make")),
    live: h("a", { "data-view": "live" }, t("app.nav.live")),
  };
  const theme = iconButton("sun", "", switchTheme);
  const element = h(
    "header",
    { class: "header" },
    h("a", { class: "brand", href: "#/" }, h("img", { src: "/static/images/icon.svg", alt: "" }), h("span", null, t("app.title"))),
    h("nav", { class: "nav", "aria-label": t("app.nav") }, Object.values(links)),
    h("div", { class: "header-query" }, queryBar),
    h(
      "div",
      { class: "header-tools" },
      tools,
      theme,
      iconButton("language", t("app.language"), switchLanguage),
      iconButton("help", t("app.help"), onhelp, { keys: "?" }),
    ),
  );

  const showRoute = () => {
    const { route, current, status } = store.get();
    for (const [view, link] of Object.entries(links)) {
      const here = route.view === view;
      link.toggleAttribute("aria-current", here);
      if (here) link.setAttribute("aria-current", "page");
    }
    links.list.href = formatRoute({ ...route, view: "list" });
    links.space.href = formatRoute({ ...route, view: "space" });
    links.make.href = formatRoute({ ...route, view: "make" });
    links.live.href = formatRoute({ ...route, view: "live" });
    links.live.hidden = !status?.is_live && route.view !== "live";
    showSoundLink(links.sound, route.id ?? current);
  };
  const showTheme = () => {
    const dark = store.get().theme === "dark";
    setIcon(theme, dark ? "sun" : "moon", t(dark ? "app.theme.light" : "app.theme.dark"));
  };
  showRoute();
  showTheme();
  const ends = [
    store.subscribe((state) => state.route, showRoute),
    store.subscribe((state) => state.current, showRoute),
    store.subscribe((state) => state.status?.is_live, showRoute),
    store.subscribe((state) => state.theme, showTheme),
  ];
  return { element, destroy: () => ends.forEach((end) => end()) };
}

/**
 * @param {HTMLAnchorElement} link
 * @param {number|null} id
 */
function showSoundLink(link, id) {
  if (id === null) {
    link.removeAttribute("href");
    link.setAttribute("aria-disabled", "true");
    link.title = t("app.nav.sound.none");
    return;
  }
  link.href = formatRoute({ ...store.get().route, view: "sound", id });
  link.removeAttribute("aria-disabled");
  link.title = "";
}
