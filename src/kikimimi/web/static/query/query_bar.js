/** The one search box: words and filters typed, files dropped, takes recorded, earlier queries. */

import { iconButton } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { errorText } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { offerActions } from "../keys/keyboard.js";
import { navigate } from "../router/router.js";
import { store } from "../state/store.js";
import { changeQuery } from "./actions.js";
import { openHistory } from "./history_menu.js";
import { openRecorder } from "./recorder_dialog.js";
import { createSuggestions } from "./suggestions.js";
import { formatQuery } from "./syntax.js";
import { rememberQuery } from "./history.js";
import { readTyped } from "./typing.js";
import { searchByFile } from "./upload_search.js";

/** So often the address is changed while somebody types; some browsers bear no more. */
const REST_MS = 70;

/** @returns {{element: HTMLElement, destroy: () => void}} */
export function createQueryBar() {
  const input = h("input", {
    class: "query-input",
    type: "text",
    placeholder: t("query.placeholder"),
    autocomplete: "off",
    spellcheck: false,
    enterKeyHint: "search",
    "aria-label": t("query.label"),
    "aria-describedby": "query-error",
  });
  const clear = iconButton("close", t("query.clear-words"), () => {
    input.value = "";
    read({ finished: true });
    input.focus();
  });
  const error = h("div", { class: "query-error", id: "query-error", role: "alert", hidden: true });
  const picker = h("input", { type: "file", accept: "audio/*", hidden: true, onchange: pick });
  const history = iconButton("history", t("query.history"), () => openHistory(history));
  const suggestions = createSuggestions(input, { ontake: () => read({ finished: true }) });
  const element = h(
    "div",
    { class: "query-bar", role: "search" },
    icon("search"),
    input,
    clear,
    h("span", { class: "query-separator" }),
    iconButton("microphone", t("query.record"), openRecorder, { keys: "R" }),
    iconButton("file", t("query.file"), () => picker.click()),
    history,
    picker,
    suggestions.element,
    error,
  );

  let timer = 0;
  let lastRead = -Infinity;
  /** What this box wrote last: an address that says the same is no reason to write into the box. */
  let written = "";
  let problem = "";

  /** @param {{finished: boolean}} how */
  function read({ finished }) {
    clearTimeout(timer);
    lastRead = performance.now();
    const { query, rest, problems } = readTyped(input.value, store.get().query, { finished });
    if (rest !== input.value) input.value = rest;
    problem = problems.length ? t("query.bad-filter", problems[0]) : "";
    showError();
    written = query.text;
    clear.hidden = input.value === "";
    changeQuery(query, { replace: !finished });
    if (finished) rememberQuery(formatQuery(store.get().query));
    if (store.get().route.view === "sound") navigate({ view: "list" });
  }

  /** What the box itself cannot read stays said when the rest has been searched for. */
  function showError() {
    const failed = store.get().queryError;
    const message = problem || (failed ? errorText(failed) : "");
    error.textContent = message;
    error.hidden = message === "";
    element.classList.toggle("has-error", message !== "");
    input.setAttribute("aria-invalid", String(message !== ""));
  }

  function showQuery() {
    const { text } = store.get().query;
    if (text !== written) input.value = text;
    written = text;
    clear.hidden = input.value === "";
  }

  function pick() {
    const file = picker.files?.[0];
    picker.value = "";
    if (file) void searchByFile(file);
  }

  input.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).isComposing) return;
    clear.hidden = input.value === "";
    clearTimeout(timer);
    const wait = lastRead + REST_MS - performance.now();
    if (wait <= 0) read({ finished: false });
    else timer = setTimeout(() => read({ finished: false }), wait);
  });
  input.addEventListener("compositionend", () => read({ finished: false }));
  input.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter") read({ finished: true });
    else if (event.key === "Escape") input.blur();
    else if (event.key !== "ArrowDown") return;
    event.preventDefault();
    if (event.key !== "Escape") focusList();
  });

  const ends = [
    store.subscribe((state) => state.query, showQuery),
    store.subscribe((state) => state.queryError, showError),
    offerActions({ "query.focus": () => input.select(), "query.record": openRecorder }),
  ];
  showQuery();
  return {
    element,
    destroy() {
      clearTimeout(timer);
      suggestions.destroy();
      for (const end of ends) end();
    },
  };
}

function focusList() {
  /** @type {HTMLElement|null} */ (document.querySelector("[role=grid]"))?.focus();
}
