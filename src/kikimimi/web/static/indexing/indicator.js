/** How far the indexing is, in the header; opens the folders and what failed. */

import { h, replaceChildren } from "../components/dom.js";
import { share } from "../components/format.js";
import { iconButton } from "../components/buttons.js";
import { t } from "../i18n/i18n.js";
import { store } from "../state/store.js";
import { openIndexing } from "./dialog.js";

export function createIndexIndicator() {
  const bar = h("div");
  const text = h("span", { class: "index-text" });
  const running = h(
    "button",
    { class: "index-indicator", type: "button", onclick: openIndexing },
    text,
    h("span", { class: "meter" }, bar),
  );
  const folders = iconButton("folder", t("indexing.title"), openIndexing);
  const element = h("div", { class: "index-room" });

  function show() {
    const job = store.get().jobs.find(({ state }) => ["running", "stopping"].includes(state));
    replaceChildren(element, job ? running : folders);
    if (!job) return;
    const done = share(job.done, job.total);
    bar.style.transform = `scaleX(${done})`;
    const what = t(`indexing.kind.${job.kind}`);
    text.textContent = job.total > 1 ? t("indexing.percent", { what, percent: Math.floor(100 * done) }) : t("indexing.under_way", { what });
    running.title = what;
  }
  const end = store.subscribe((state) => state.jobs, show);
  show();
  return { element, destroy: end };
}
