/** The right panel: tags of the selection, to accept, reject, add and teach; and what the sound is. */

import { api, ApiError, isAbort } from "../api/client.js";
import { button, iconButton } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { offerActions } from "../keys/keyboard.js";
import { openAddMenu } from "../playlists/actions.js";
import { changedSounds } from "../state/changes.js";
import { findRow, knownRow } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { targetIds } from "../list/actions.js";
import { resultIds } from "../list/result_ids.js";
import { changeTag } from "./actions.js";
import { rememberTags } from "./labels.js";
import { mergeTags } from "./merged.js";
import { createFacts } from "./facts.js";
import { createTagInput } from "./tag_input.js";
import { createTagList } from "./tag_list.js";
import { openTeaching } from "./teach_dialog.js";

/** @typedef {import("../api/types.js").Sound} Sound */

/** So many sounds are looked at for their tags; a change goes to all that are selected. */
const LOOKED_AT = 60;
const REST_MS = 60;

/** @param {{onclose: () => void, onopen: () => void}} options */
export function createInspector({ onclose, onopen }) {
  const title = h("h2", null);
  const input = createTagInput({ ontag: (name) => apply("add", name) });
  const list = createTagList({ onaction: apply });
  const facts = createFacts();
  const teach = button(t("tags.teach"), () => openTeaching(targetIds()), { icon: "teach" });
  const every = h("button", { class: "facet-more", type: "button", onclick: selectEverything });
  const content = h("div", { class: "inspector-content" }, every, input.element, list.element, teach, facts.element);
  const hint = h("p", { class: "hint inspector-hint" }, t("tags.choose"));
  const element = h(
    "aside",
    { class: "inspector", id: "inspector", "aria-label": t("tags.inspector") },
    h("div", { class: "panel-head" }, title, iconButton("close", t("app.close"), onclose)),
    hint,
    content,
  );
  let timer = 0;
  /** @type {AbortController|null} */
  let running = null;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(show, REST_MS);
  }

  async function show() {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const ids = targetIds();
    const { total, selected } = store.get();
    hint.hidden = ids.length > 0;
    content.hidden = ids.length === 0;
    const single = ids.length === 1;
    title.textContent = ids.length === 0 ? t("tags.inspector") : single ? (knownRow(ids[0])?.name ?? "") : t("list.sounds", { count: ids.length });
    title.title = title.textContent;
    every.hidden = selected.size < 2 || selected.size >= total;
    every.textContent = t("tags.every", { count: total });
    if (ids.length === 0) return;
    try {
      const sounds = await load(ids, controller.signal);
      if (running !== controller) return;
      for (const sound of sounds) rememberTags(sound.tags);
      list.show(mergeTags(sounds), sounds.length);
      facts.show(single ? /** @type {Sound} */ (sounds[0]) : null);
      if (single) title.textContent = title.title = sounds[0].name;
    } catch (error) {
      if (!isAbort(error) && !(error instanceof ApiError)) throw error;
    }
  }

  /**
   * @param {import("./actions.js").Action} action
   * @param {string} name
   */
  async function apply(action, name) {
    const ids = targetIds();
    if (ids.length === 0) return;
    const { result, total, selected } = store.get();
    const whole = result !== null && selected.size === total && total > LOOKED_AT;
    await changeTag(action, whole ? { result } : { sounds: ids }, name, ids.length);
  }

  async function selectEverything() {
    store.set({ selected: new Set(await resultIds()) });
  }

  const ends = [
    store.subscribe((state) => state.selected, later),
    store.subscribe((state) => state.current, later),
    changedSounds(later),
    offerActions({
      "tags.add": () => {
        if (targetIds().length === 0) return false;
        onopen();
        input.focus();
      },
      "tags.accept": () => actOnFirst("accept"),
      "tags.reject": () => actOnFirst("reject"),
      "tags.teach": () => openTeaching(targetIds()),
      "playlists.add": () => {
        const ids = targetIds();
        if (ids.length === 0) return false;
        const box = document.querySelector(".row.current")?.getBoundingClientRect();
        openAddMenu(ids, { x: (box?.left ?? innerWidth / 3) + 120, y: box?.bottom ?? innerHeight / 3 });
      },
    }),
  ];

  /** One key is enough: it goes to the tag in focus, or else to the best one not judged yet. @param {"accept"|"reject"} action */
  function actOnFirst(action) {
    const name = list.candidate();
    if (name === null) return false;
    void apply(action, name);
  }

  later();
  return {
    element,
    destroy() {
      clearTimeout(timer);
      running?.abort();
      input.destroy();
      for (const end of ends) end();
    },
  };
}

/**
 * @param {number[]} ids
 * @param {AbortSignal} signal
 * @returns {Promise<import("../api/types.js").Row[]>}
 */
function load(ids, signal) {
  if (ids.length === 1) return api.sound(ids[0], signal).then((sound) => [sound]);
  return Promise.all(ids.slice(0, LOOKED_AT).map(findRow));
}
