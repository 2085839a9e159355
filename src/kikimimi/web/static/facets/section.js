/** A part of the facets that folds; the browser remembers which are open. */

import { h } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { readPreference, writePreference } from "../state/preferences.js";

/**
 * @param {string} key
 * @param {string} title
 * @param {{open?: boolean, tools?: HTMLElement[]}} options
 * @param {...(HTMLElement|null)} children
 */
export function createSection(key, title, { open = true, tools = [] }, ...children) {
  const preference = `facets.open.${key}`;
  const element = h(
    "details",
    { class: "facet", open: readPreference(preference, open), "data-facet": key },
    h("summary", null, icon("right"), h("span", null, title), h("span", { class: "facet-tools" }, tools)),
    h("div", { class: "facet-body" }, children),
  );
  element.addEventListener("toggle", () => writePreference(preference, element.open));
  for (const tool of tools) tool.addEventListener("click", (event) => event.preventDefault());
  return element;
}
