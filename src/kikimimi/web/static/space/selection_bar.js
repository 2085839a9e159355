/** What can be done with the sounds that a lasso has caught: a playlist, a tag, nothing. */

import { api } from "../api/client.js";
import { button, iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { toast, toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { store } from "../state/store.js";

/**
 * @returns {{element: HTMLElement, destroy: () => void}} hidden while nothing is selected
 */
export function createSelectionBar() {
  const count = h("strong", { class: "space-selection-count", role: "status" });
  const playlists = h("datalist", { id: "space-playlists" });
  const tags = h("datalist", { id: "space-tags" });
  const playlistForm = nameForm("playlist", "space-playlists", addToPlaylist, () => offerPlaylists(playlists));
  const tagForm = nameForm("tag", "space-tags", addTag, () => offerTags(tags));
  const clear = iconButton("close", t("space.selection.clear"), () => store.set({ selected: new Set() }));
  const element = h("div", { class: "space-selection", hidden: true }, count, playlistForm, tagForm, clear, playlists, tags);

  const show = () => {
    const { size } = store.get().selected;
    element.hidden = size === 0;
    count.textContent = t("space.selection.count", { count: size });
  };
  show();
  return { element, destroy: store.subscribe((state) => state.selected, show) };
}

/**
 * @param {"playlist" | "tag"} kind
 * @param {string} list id of the suggestions
 * @param {(name: string) => Promise<void>} apply
 * @param {() => void} offer fills the suggestions
 */
function nameForm(kind, list, apply, offer) {
  const field = h("input", {
    class: "field",
    name: kind,
    list,
    required: true,
    maxLength: 200,
    placeholder: t(`space.selection.${kind}`),
    "aria-label": t(`space.selection.${kind}`),
    autocomplete: "off",
    onfocus: offer,
  });
  /** @param {SubmitEvent} event */
  const onsubmit = async (event) => {
    event.preventDefault();
    const name = field.value.trim();
    if (name === "") return;
    try {
      await apply(name);
      field.value = "";
    } catch (error) {
      toastError(error);
    }
  };
  const add = button(t("space.selection.add"), () => {}, { type: "submit" });
  return h("form", { class: "space-selection-form", onsubmit }, field, add);
}

/** @param {HTMLElement} list */
async function offerPlaylists(list) {
  try {
    replaceChildren(list, (await api.playlists()).map(({ name }) => h("option", { value: name })));
  } catch (error) {
    toastError(error);
  }
}

/** @param {HTMLElement} list */
async function offerTags(list) {
  const { result } = store.get();
  if (result === null) return;
  try {
    const { tags } = await api.facets(result);
    replaceChildren(list, tags.map(({ name }) => h("option", { value: name })));
  } catch (error) {
    toastError(error);
  }
}

/** @param {string} name of a playlist, which is made if there is none */
async function addToPlaylist(name) {
  const sounds = [...store.get().selected];
  const known = (await api.playlists()).find((playlist) => playlist.name === name);
  if (known) await api.addToPlaylist(known.id, sounds);
  else await api.createPlaylist(name, sounds);
  toast(t("space.selection.added", { count: sounds.length, name }));
}

/** @param {string} name */
async function addTag(name) {
  const sounds = [...store.get().selected];
  await api.changeTag("add", { sounds }, name);
  toast(t("space.selection.tagged", { count: sounds.length, name }));
}
