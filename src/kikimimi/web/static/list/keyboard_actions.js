/** The keys of the list. */

import { player } from "../player/player.js";
import { store } from "../state/store.js";
import { similarTo, targetIds, weigh } from "./actions.js";
import { openRowMenu } from "./row_menu.js";

/** @typedef {import("../api/types.js").Row} Row */

/**
 * @param {ReturnType<import("./cursor.js").createCursor>} cursor
 * @param {{row: (index: number) => Row|null, rowElement: (index: number) => HTMLElement|null}} rows
 * @returns {Record<string, import("../keys/keyboard.js").Action>}
 */
export function listActions(cursor, { row, rowElement }) {
  /** @param {Parameters<typeof cursor.move>[0]} move */
  const go = (move, extend = false) => (/** @type {KeyboardEvent} */ event) =>
    cursor.move(move, { extend, settle: event.repeat });
  return {
    "list.down": go("down"),
    "list.up": go("up"),
    "list.extend-down": go("down", true),
    "list.extend-up": go("up", true),
    "list.page-down": go("page-down"),
    "list.page-up": go("page-up"),
    "list.first": go("first"),
    "list.last": go("last"),
    "list.all": () => void cursor.selectAll(),
    "list.open": () => cursor.open(),
    "list.menu": () => {
      const sound = row(cursor.index());
      const box = rowElement(cursor.index())?.getBoundingClientRect();
      if (sound && box) openRowMenu(sound, { x: box.left + 120, y: box.bottom });
    },
    "query.similar": () => withTarget((ids) => similarTo(ids[0])),
    "query.plus": () => withTarget((ids) => weigh(ids, 1)),
    "query.minus": () => withTarget((ids) => weigh(ids, -1)),
    "page.escape": () => {
      if (player.get().playing || player.get().loading) player.stop();
      else if (store.get().selected.size > 0) store.set({ selected: new Set() });
      else return false;
    },
  };
}

/** @param {(ids: number[]) => void} act */
function withTarget(act) {
  const ids = targetIds();
  if (ids.length === 0) return false;
  act(ids);
}
