/** Earlier queries, to go back to. */

import { openMenuBelow } from "../components/menu.js";
import { t } from "../i18n/i18n.js";
import { navigate } from "../router/router.js";
import { forgetQueries, recentQueries } from "./history.js";

/** @param {HTMLElement} opener */
export function openHistory(opener) {
  const recent = recentQueries();
  const items = recent.slice(0, 15).map((query) => ({
    label: query,
    icon: /** @type {const} */ ("history"),
    run: () => navigate({ query, sort: "rank", descending: false }),
  }));
  const none = { label: t("query.history.none"), disabled: true, run: () => {} };
  const forget = { label: t("query.history.forget"), icon: /** @type {const} */ ("trash"), run: forgetQueries };
  openMenuBelow(items.length ? [...items, "line", forget] : [none], opener, t("query.history"));
}
