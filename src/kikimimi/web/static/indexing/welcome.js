/** What a library without sounds shows: what this is, and the folder to begin with. */

import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { createFolderForm } from "./folder_form.js";

export function createWelcome() {
  const steps = ["indexing.welcome.1", "indexing.welcome.2", "indexing.welcome.3"];
  return h(
    "div",
    { class: "welcome" },
    h("img", { src: "/static/images/icon.svg", alt: "", width: 56, height: 56 }),
    h("h2", null, t("indexing.welcome")),
    h("p", null, t("indexing.welcome.text")),
    createFolderForm(),
    h("ol", { class: "welcome-steps" }, steps.map((key) => h("li", null, t(key)))),
  );
}
