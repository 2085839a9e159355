/** A file dropped anywhere on the page becomes the query. */

import { h } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { toast } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { dragsSounds } from "../list/drag.js";
import { searchByFile } from "./upload_search.js";

/** @returns {{element: HTMLElement, destroy: () => void}} */
export function createDropZone() {
  const element = h(
    "div",
    { class: "drop-zone", hidden: true },
    h("div", { class: "drop-card" }, icon("similar"), h("strong", null, t("query.drop")), h("span", null, t("query.drop.hint"))),
  );
  const stop = new AbortController();
  const { signal } = stop;
  let depth = 0;
  const isFile = (/** @type {DragEvent} */ event) =>
    (event.dataTransfer?.types.includes("Files") ?? false) && !dragsSounds(event.dataTransfer);

  document.addEventListener("dragenter", (event) => isFile(event) && (depth++, (element.hidden = false)), { signal });
  document.addEventListener("dragleave", (event) => isFile(event) && --depth <= 0 && hide(), { signal });
  document.addEventListener("dragover", (event) => isFile(event) && event.preventDefault(), { signal });
  document.addEventListener(
    "drop",
    (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      hide();
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return toast(t("query.drop.none"), { kind: "error" });
      void searchByFile(files[0], { add: event.shiftKey });
    },
    { signal },
  );

  function hide() {
    depth = 0;
    element.hidden = true;
  }
  return { element, destroy: () => stop.abort() };
}
