/** Suggestions under the search box: tags in both languages, folders, earlier queries. */

import { api, isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatQuery } from "./syntax.js";
import { icon } from "../components/icons.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { rememberTags } from "../tags/labels.js";
import { unlikeLabels } from "../tags/same_thing.js";
import { emptyQuery } from "./model.js";
import { recentQueries } from "./history.js";
import { wordAt } from "./typing.js";

/** @typedef {{label: string, note: string, picture: import("../components/icons.js").IconName, insert: string}} Suggestion */

const MOST_OF_A_KIND = 5;
/** Rows come first: the server is not asked for both at once. */
const REST_MS = 150;

/**
 * @param {HTMLInputElement} input
 * @param {{ontake: () => void}} options
 */
export function createSuggestions(input, { ontake }) {
  const element = h("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": t("query.suggestions"), hidden: true });
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", "suggestions");
  input.setAttribute("aria-expanded", "false");
  /** @type {Suggestion[]} */
  let offered = [];
  let active = -1;
  let timer = 0;
  /** @type {AbortController|null} */
  let running = null;

  async function ask() {
    running?.abort();
    const { word, key } = wordAt(input.value, input.selectionStart ?? input.value.length);
    if (word.trim() === "" || (key !== null && !(key in KINDS))) return close();
    const controller = new AbortController();
    running = controller;
    try {
      const found = await api.suggest(word, controller.signal);
      if (running !== controller || document.activeElement !== input) return;
      rememberTags(found.tags);
      show(suggestionsOf(found, word, key));
    } catch (error) {
      if (!isAbort(error)) close();
    }
  }

  /** @param {Suggestion[]} suggestions */
  function show(suggestions) {
    offered = suggestions;
    active = -1;
    element.hidden = offered.length === 0;
    input.setAttribute("aria-expanded", String(offered.length > 0));
    input.removeAttribute("aria-activedescendant");
    const items = offered.map((suggestion, at) =>
      h(
        "li",
        {
          class: "suggestion",
          id: `suggestion-${at}`,
          role: "option",
          "aria-selected": "false",
          onpointerdown: (/** @type {Event} */ event) => (event.preventDefault(), take(suggestion)),
        },
        icon(suggestion.picture),
        h("span", { class: "suggestion-label" }, suggestion.label),
        h("span", { class: "suggestion-note" }, suggestion.note),
      ),
    );
    replaceChildren(element, items);
  }

  /** @param {Suggestion} suggestion */
  function take({ insert, picture }) {
    const caret = input.selectionStart ?? input.value.length;
    const { start, minus } = wordAt(input.value, caret);
    const whole = picture === "history";
    const before = whole ? "" : input.value.slice(0, start);
    input.value = `${before}${minus && !whole ? "-" : ""}${insert} ${whole ? "" : input.value.slice(caret)}`;
    close();
    ontake();
  }

  function close() {
    running?.abort();
    running = null;
    clearTimeout(timer);
    if (offered.length) show([]);
  }

  /** @param {number} to */
  function activate(to) {
    element.children[active]?.setAttribute("aria-selected", "false");
    active = (to + offered.length) % offered.length;
    element.children[active].setAttribute("aria-selected", "true");
    element.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `suggestion-${active}`);
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (offered.length === 0 || event.isComposing) return;
    if (event.key === "ArrowDown") activate(active + 1);
    else if (event.key === "ArrowUp") activate(active < 0 ? offered.length - 1 : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) take(offered[active]);
    else return;
    event.preventDefault();
  }
  const onInput = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  };
  const onEnter = (/** @type {KeyboardEvent} */ event) => event.key === "Enter" && !event.defaultPrevented && close();
  input.addEventListener("keydown", onKeyDown);
  input.addEventListener("keydown", onEnter);
  input.addEventListener("input", onInput);
  input.addEventListener("blur", close);
  return { element, destroy: close };
}

/** Which kinds a filter may be completed with. @type {Record<string, ("tags"|"folders")[]>} */
const KINDS = { tag: ["tags"], タグ: ["tags"], folder: ["folders"], フォルダ: ["folders"], フォルダー: ["folders"] };

/**
 * @param {import("../api/types.js").Suggestions} found
 * @param {string} word
 * @param {string|null} key
 * @returns {Suggestion[]}
 */
function suggestionsOf({ tags, folders }, word, key) {
  const kinds = key === null ? ["tags", "folders", "recent"] : KINDS[key];
  const filter = (/** @type {Partial<import("./model.js").PageQuery>} */ patch) => formatQuery({ ...emptyQuery(), ...patch });
  const recent = recentQueries().filter((query) => query.toLowerCase().includes(word.toLowerCase()) && query !== word);
  const offered = tags.slice(0, MOST_OF_A_KIND);
  const labels = unlikeLabels(offered, tagLabel);
  return [
    ...(kinds.includes("tags") ? offered : []).map((tag) => ({
      label: labels.get(tag.name) ?? tagLabel(tag),
      note: String(tag.count ?? ""),
      picture: /** @type {const} */ ("tag"),
      insert: filter({ tags: [tag.name] }),
    })),
    ...(kinds.includes("folders") ? folders : []).slice(0, MOST_OF_A_KIND).map(({ path, count }) => ({
      label: path,
      note: String(count ?? ""),
      picture: /** @type {const} */ ("folder"),
      insert: filter({ folders: [path] }),
    })),
    ...(kinds.includes("recent") ? recent : []).slice(0, 3).map((query) => ({
      label: query,
      note: "",
      picture: /** @type {const} */ ("history"),
      insert: query,
    })),
  ];
}
