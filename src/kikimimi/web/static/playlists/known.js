/** The playlists of the library, kept up to date for every part that shows them. */

import { api } from "../api/client.js";
import { changedPlaylists } from "../state/changes.js";
import { createStore } from "../state/store.js";

/** @typedef {import("../api/types.js").Playlist} Playlist */

/** @type {import("../state/store.js").Store<{playlists: readonly Playlist[]}>} */
export const playlistStore = createStore({ playlists: /** @type {readonly Playlist[]} */ ([]) });

export function startPlaylists() {
  changedPlaylists(() => void load());
  void load();
}

async function load() {
  try {
    playlistStore.set({ playlists: await api.playlists() });
  } catch {
    // The connection watch tells of a lost server; the last known playlists stay.
  }
}

/** @param {number} id */
export function playlistName(id) {
  return playlistStore.get().playlists.find((playlist) => playlist.id === id)?.name ?? `#${id}`;
}
