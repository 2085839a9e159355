/** What can be done with playlists; every change can be undone. */

import { api, ApiError, urls } from "../api/client.js";
import { askText, askYes } from "../components/dialog.js";
import { openMenu } from "../components/menu.js";
import { toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { toastChange } from "../shell/history.js";
import { changeQuery } from "../query/actions.js";
import { emptyQuery } from "../query/model.js";
import { navigate } from "../router/router.js";
import { store } from "../state/store.js";
import { playlistStore } from "./known.js";
import { moveBefore, moveBy } from "./order.js";

/** @typedef {import("../api/types.js").Playlist} Playlist */

/** Show the sounds of a playlist in its order. @param {number} id */
export function openPlaylist(id) {
  navigate({ view: "list" });
  changeQuery({ ...emptyQuery(), playlist: id });
}

/** @param {number[]} [sounds] */
export async function newPlaylist(sounds = []) {
  const name = await askText(t("playlists.new"), { label: t("playlists.name"), ok: t("playlists.make") });
  if (name === null) return;
  await tell(async () => {
    toastChange(t("playlists.made", { name, count: sounds.length }), await api.createPlaylist(name, sounds));
  });
}

/** @param {Playlist} playlist */
export async function renamePlaylist(playlist) {
  const name = await askText(t("playlists.rename"), { label: t("playlists.name"), value: playlist.name });
  if (name !== null && name !== playlist.name) await tell(() => api.renamePlaylist(playlist.id, name));
}

/** @param {Playlist} playlist */
export async function deletePlaylist({ id, name, count }) {
  const yes =
    count === 0 ||
    (await askYes(t("playlists.delete"), { text: t("playlists.delete.text", { name, count }), ok: t("playlists.delete"), danger: true }));
  if (!yes) return;
  await tell(async () => {
    const changed = await api.deletePlaylist(id);
    if (store.get().query.playlist === id) changeQuery({ playlist: null });
    toastChange(t("playlists.deleted", { name }), changed);
  });
}

/**
 * @param {Playlist} playlist
 * @param {number[]} sounds
 */
export async function addToPlaylist({ id, name }, sounds) {
  if (sounds.length === 0) return;
  await tell(async () => {
    toastChange(t("playlists.added", { name, count: sounds.length }), await api.addToPlaylist(id, sounds));
  });
}

/** @param {number} id @param {number} sound @param {number} steps down, or up when negative */
export async function moveInPlaylist(id, sound, steps) {
  await changeOrder(id, (ids) => moveBy(ids, sound, steps));
}

/** @param {number} id @param {number[]} sounds @param {number|null} before the end without */
export async function placeInPlaylist(id, sounds, before) {
  await changeOrder(id, (ids) => moveBefore(ids, new Set(sounds), before));
}

/** @param {number} id @param {ReadonlySet<number>} sounds */
export async function removeFromPlaylist(id, sounds) {
  await changeOrder(id, (ids) => ids.filter((other) => !sounds.has(other)));
}

/**
 * @param {number} id
 * @param {(ids: number[]) => number[]} change
 */
async function changeOrder(id, change) {
  await tell(async () => {
    const { rows, revision } = await api.playlist(id);
    await api.orderPlaylist(id, change(rows.map((row) => row.id)), revision);
  });
}

/**
 * @param {number[]} sounds
 * @param {{x: number, y: number}} place
 */
export function openAddMenu(sounds, place) {
  const { playlists } = playlistStore.get();
  const items = playlists.map((playlist) => ({
    label: playlist.name,
    icon: /** @type {const} */ ("list"),
    run: () => void addToPlaylist(playlist, sounds),
  }));
  const make = { label: t("playlists.new"), icon: /** @type {const} */ ("plus"), run: () => void newPlaylist(sounds) };
  openMenu([...items, ...(items.length ? [/** @type {const} */ ("line")] : []), make], {
    ...place,
    label: t("playlists.add"),
  });
}

/** @param {Playlist} playlist @param {{x: number, y: number, returnTo?: HTMLElement|null}} place */
export function openPlaylistMenu(playlist, place) {
  /** @param {"m3u8"|"csv"|"zip"} kind */
  const save = (kind) => ({
    label: t(`playlists.export.${kind}`),
    icon: /** @type {const} */ ("download"),
    disabled: playlist.count === 0,
    run: () => download(urls.playlistExport(playlist.id, kind)),
  });
  openMenu(
    [
      { label: t("playlists.rename"), icon: "edit", run: () => void renamePlaylist(playlist) },
      "line",
      save("m3u8"),
      save("csv"),
      save("zip"),
      "line",
      { label: t("playlists.delete"), icon: "trash", run: () => void deletePlaylist(playlist) },
    ],
    { ...place, label: playlist.name },
  );
}

/** @param {string} url */
function download(url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}

/** @param {() => Promise<unknown>} work */
async function tell(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toastError(error);
  }
}
