/** The playlists in the left panel: open, take dropped sounds, change, export. */

import { iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { icon } from "../components/icons.js";
import { createSection } from "../facets/section.js";
import { t } from "../i18n/i18n.js";
import { draggedSounds, dragsSounds } from "../list/drag.js";
import { changeQuery } from "../query/actions.js";
import { store } from "../state/store.js";
import { addToPlaylist, newPlaylist, openPlaylist, openPlaylistMenu } from "./actions.js";
import { playlistStore } from "./known.js";

/** @typedef {import("../api/types.js").Playlist} Playlist */

export function createPlaylistPanel() {
  const list = h("ul", { class: "values" });
  const make = iconButton("plus", t("playlists.new"), () => void newPlaylist());
  make.addEventListener("dragover", allow);
  make.addEventListener("drop", (event) => take(event, newPlaylist));
  const element = createSection("playlists", t("playlists.title"), { tools: [make] }, list);

  function show() {
    const { playlists } = playlistStore.get();
    const hint = h("li", { class: "hint" }, t("playlists.none"));
    replaceChildren(list, playlists.length ? playlists.map(createItem) : hint);
  }

  const ends = [
    playlistStore.subscribe((state) => state.playlists, show),
    store.subscribe((state) => state.query.playlist, show),
  ];
  show();
  return { element, destroy: () => ends.forEach((end) => end()) };
}

/** @param {Playlist} playlist */
function createItem(playlist) {
  const { id, name, count, duration_s } = playlist;
  const open = store.get().query.playlist === id;
  const more = iconButton("more", t("playlists.more", { name }), () => {
    const { left, bottom } = more.getBoundingClientRect();
    openPlaylistMenu(playlist, { x: left, y: bottom, returnTo: more });
  });
  const toggle = () => (open ? changeQuery({ playlist: null }) : openPlaylist(id));
  const title = t("playlists.summary", { name, count, duration: formatDuration(duration_s) });
  const item = h(
    "li",
    { class: "value-row playlist", "data-chosen": open ? 1 : 0, "data-playlist": id },
    h(
      "button",
      { class: "value", type: "button", title, "aria-pressed": open, onclick: toggle },
      icon("list"),
      h("span", { class: "value-label" }, name),
      h("span", { class: "value-count" }, count),
    ),
    more,
  );
  item.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    openPlaylistMenu(playlist, { x: event.clientX, y: event.clientY, returnTo: more });
  });
  item.addEventListener("dragover", (event) => (allow(event), item.classList.add("drop-target")));
  item.addEventListener("dragleave", () => item.classList.remove("drop-target"));
  item.addEventListener("drop", (event) => {
    item.classList.remove("drop-target");
    take(event, (sounds) => addToPlaylist(playlist, sounds));
  });
  return item;
}

/** @param {DragEvent} event */
function allow(event) {
  if (dragsSounds(event.dataTransfer)) event.preventDefault();
}

/** @param {DragEvent} event @param {(sounds: number[]) => void} act */
function take(event, act) {
  const sounds = draggedSounds(event.dataTransfer);
  if (sounds.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  act(sounds);
}
