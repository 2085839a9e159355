/** The menu of a sound, or of all that are selected. */

import { openMenu } from "../components/menu.js";
import { t } from "../i18n/i18n.js";
import { runAction } from "../keys/keyboard.js";
import { askForgetting, askLocation } from "./missing.js";
import { shownPlaylist } from "./playlist_order.js";
import { copyPath, makeFrom, openSound, reveal, similarTo, targetIds, weigh } from "./actions.js";

/** @typedef {import("../api/types.js").Row} Row */

/**
 * @param {Row} row the sound in focus
 * @param {{x: number, y: number}} place
 */
export function openRowMenu(row, place) {
  const ids = targetIds();
  const { id } = row;
  const items = row.missing ? missingItems(row) : [];
  const inPlaylist = shownPlaylist() !== null;
  openMenu(
    [
      ...items,
      { label: t("list.menu.similar"), icon: "similar", key: "S", run: () => similarTo(id) },
      { label: t("list.menu.plus", { count: ids.length }), icon: "plus", key: "+", run: () => weigh(ids, 1) },
      { label: t("list.menu.minus", { count: ids.length }), icon: "minus", key: "-", run: () => weigh(ids, -1) },
      "line",
      { label: t("list.menu.open"), icon: "open", key: "Enter", run: () => openSound(id) },
      { label: t("list.menu.make"), icon: "similar", run: () => makeFrom(id) },
      { label: t("list.menu.reveal"), icon: "folder", run: () => reveal(id) },
      { label: t("list.menu.copy-path"), icon: "copy", run: () => copyPath(id) },
      "line",
      { label: t("list.menu.tag", { count: ids.length }), icon: "tag", key: "T", run: () => runAction("tags.add") },
      { label: t("list.menu.teach", { count: ids.length }), icon: "teach", run: () => runAction("tags.teach") },
      { label: t("list.menu.playlist", { count: ids.length }), icon: "list", key: "P", run: () => runAction("playlists.add") },
      ...(inPlaylist ? [removeItem] : []),
    ],
    { ...place, label: t("list.menu.label", { name: row.name }) },
  );
}

/** @type {import("../components/menu.js").MenuItem} */
const removeItem = {
  get label() {
    return t("list.menu.remove");
  },
  icon: "trash",
  key: "Del",
  run: () => void runAction("list.remove"),
};

/** @param {Row} row @returns {(import("../components/menu.js").MenuItem|"line")[]} */
function missingItems(row) {
  return [
    { label: t("list.menu.locate"), icon: "search", run: () => askLocation(row) },
    { label: t("list.menu.forget"), icon: "trash", run: () => askForgetting([row.id]) },
    "line",
  ];
}
