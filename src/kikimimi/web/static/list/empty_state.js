/** What stands in place of rows: the first folder to index, nothing found, or an answer that failed. */

import { button } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { errorText } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { createWelcome } from "../indexing/welcome.js";
import { clearQuery } from "../query/actions.js";
import { isEmptyQuery } from "../query/model.js";
import { search } from "../query/search.js";
import { store } from "../state/store.js";

export function createEmptyState() {
  const element = h("div", { class: "empty", hidden: true });
  let shown = "";

  function show() {
    const state = which();
    if (state === shown) return;
    shown = state;
    element.hidden = state === "";
    replaceChildren(element, ...(STATES[state]?.() ?? []));
  }

  const ends = [
    store.subscribe((state) => state.result, show),
    store.subscribe((state) => state.total, show),
    store.subscribe((state) => state.status, show),
    store.subscribe((state) => state.queryError, () => ((shown = "?"), show())),
  ];
  show();
  return { element, destroy: () => ends.forEach((end) => end()) };
}

function which() {
  const { result, total, status, queryError, query } = store.get();
  if (queryError) return "error";
  if (status?.library.exists === false) return "welcome";
  if (result === null || total > 0) return "";
  if (status?.library.sounds === 0) return "welcome";
  return isEmptyQuery(query) ? "" : "nothing";
}

/** @type {Record<string, () => (Node|null)[]>} */
const STATES = {
  welcome: () => [createWelcome()],
  nothing: () => [
    h("h2", null, t("list.nothing")),
    h("p", null, t("list.nothing.hint")),
    button(t("query.clear"), clearQuery, { kind: "primary" }),
  ],
  error: () => {
    const error = store.get().queryError;
    return [
      h("h2", null, t("query.failed")),
      h("p", { role: "alert" }, error ? errorText(error) : ""),
      h("div", { class: "button-row" }, button(t("app.retry"), () => void search()), button(t("query.clear"), clearQuery)),
    ];
  },
};
