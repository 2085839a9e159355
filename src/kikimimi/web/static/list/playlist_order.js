/** Putting a playlist in order while the list shows it whole: by dragging rows and by keys. */

import { moveInPlaylist, placeInPlaylist, removeFromPlaylist } from "../playlists/actions.js";
import { chipsOf } from "../query/chips.js";
import { store } from "../state/store.js";
import { targetIds } from "./actions.js";
import { draggedSounds, dragsSounds } from "./drag.js";
import { rowIndexOf } from "./table.js";

/** @typedef {import("../api/types.js").Row} Row */

/** The playlist that the list shows whole and in its own order, null when it does not. */
export function shownPlaylist() {
  const { query } = store.get();
  const alone = chipsOf(query).length === 1 && query.text === "" && query.sort === "rank" && !query.descending;
  return alone ? query.playlist : null;
}

/** @returns {Record<string, import("../keys/keyboard.js").Action>} */
export function playlistActions() {
  /** @param {number} steps */
  const move = (steps) => () => {
    const playlist = shownPlaylist();
    const { current } = store.get();
    if (playlist === null || current === null) return false;
    void moveInPlaylist(playlist, current, steps);
  };
  return {
    "list.earlier": move(-1),
    "list.later": move(1),
    "list.remove": () => {
      const playlist = shownPlaylist();
      const ids = targetIds();
      if (playlist === null || ids.length === 0) return false;
      void removeFromPlaylist(playlist, new Set(ids));
    },
  };
}

/**
 * Take rows that are dropped between others.
 * @param {HTMLElement} grid
 * @param {(index: number) => Row|null} rowAt
 */
export function acceptRowDrops(grid, rowAt) {
  /** @type {Element|null} */
  let marked = null;

  /** @param {DragEvent} event */
  function mark(event) {
    marked?.classList.remove("drop-before", "drop-after");
    marked = null;
    if (shownPlaylist() === null || !dragsSounds(event.dataTransfer)) return;
    event.preventDefault();
    marked = /** @type {Element} */ (event.target).closest?.("[data-index]");
    marked?.classList.add(isLowerHalf(event, marked) ? "drop-after" : "drop-before");
  }

  grid.addEventListener("dragover", mark);
  grid.addEventListener("dragleave", () => marked?.classList.remove("drop-before", "drop-after"));
  grid.addEventListener("drop", (event) => {
    marked?.classList.remove("drop-before", "drop-after");
    const playlist = shownPlaylist();
    const sounds = draggedSounds(event.dataTransfer);
    const index = rowIndexOf(event);
    if (playlist === null || sounds.length === 0 || index < 0 || !marked) return;
    event.preventDefault();
    const before = rowAt(isLowerHalf(event, marked) ? index + 1 : index);
    void placeInPlaylist(playlist, sounds, before?.id ?? null);
  });
}

/** @param {DragEvent} event @param {Element} element */
function isLowerHalf(event, element) {
  const { top, height } = element.getBoundingClientRect();
  return event.clientY > top + height / 2;
}
