/** Dragging sounds: out of the page as a file, inside of it as ids for playlists and the query. */

import { urls } from "../api/client.js";
import { t } from "../i18n/i18n.js";

export const SOUNDS_TYPE = "application/x-kikimimi-sounds";

/**
 * @param {DataTransfer} transfer
 * @param {import("../api/types.js").Row} row the sound under the pointer
 * @param {number[]} ids all that are dragged
 */
export function fillDrag(transfer, row, ids) {
  const address = new URL(urls.file(row.id, row.name), location.href).href;
  transfer.effectAllowed = "copyMove";
  transfer.setData("DownloadURL", `application/octet-stream:${row.name.replaceAll(":", "_")}:${address}`);
  transfer.setData("text/uri-list", address);
  transfer.setData("text/plain", row.name);
  transfer.setData(SOUNDS_TYPE, JSON.stringify(ids));
  const badge = dragBadge(ids.length > 1 ? t("list.sounds", { count: ids.length }) : row.name);
  transfer.setDragImage(badge, -12, 8);
}

/** @param {string} text */
function dragBadge(text) {
  const badge = document.createElement("div");
  badge.className = "drag-badge";
  badge.textContent = text;
  document.body.append(badge);
  setTimeout(() => badge.remove());
  return badge;
}

/**
 * The sounds of the page that are being dropped.
 * @param {DataTransfer|null} transfer
 * @returns {number[]}
 */
export function draggedSounds(transfer) {
  try {
    const ids = JSON.parse(transfer?.getData(SOUNDS_TYPE) || "[]");
    return Array.isArray(ids) ? ids.filter((id) => Number.isInteger(id)) : [];
  } catch {
    return [];
  }
}

/** @param {DataTransfer|null} transfer */
export function dragsSounds(transfer) {
  return transfer?.types.includes(SOUNDS_TYPE) ?? false;
}
