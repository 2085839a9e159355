/** One line to add a tag, with the tags that the library knows. */

import { api, isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { rememberTags } from "./labels.js";

const REST_MS = 80;

/** @param {{ontag: (name: string) => void}} options */
export function createTagInput({ ontag }) {
  const known = h("datalist", { id: "known-tags" });
  const input = h("input", {
    class: "field",
    list: "known-tags",
    maxLength: 200,
    autocomplete: "off",
    placeholder: t("tags.add"),
    "aria-label": t("tags.add"),
  });
  const element = h("form", { class: "tag-input", onsubmit: submit }, input, known);
  let timer = 0;
  /** @type {AbortController|null} */
  let running = null;
  /** Names by what they are called. @type {Map<string, string>} */
  const names = new Map();

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const typed = input.value.trim();
    if (!typed) return;
    input.value = "";
    ontag(names.get(typed) ?? typed);
  }

  async function suggest() {
    running?.abort();
    const text = input.value.trim();
    if (!text) return;
    const controller = new AbortController();
    running = controller;
    try {
      const { tags } = await api.suggest(text, controller.signal);
      rememberTags(tags);
      for (const tag of tags) names.set(tagLabel(tag), tag.name);
      replaceChildren(known, tags.slice(0, 12).map((tag) => h("option", { value: tagLabel(tag) })));
    } catch (error) {
      if (!isAbort(error)) replaceChildren(known);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, REST_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    /** @type {HTMLElement|null} */ (document.querySelector("[role=grid]"))?.focus();
  });
  return {
    element,
    focus: () => input.focus(),
    destroy() {
      clearTimeout(timer);
      running?.abort();
    },
  };
}
