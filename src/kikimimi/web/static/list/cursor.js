/** The sound in focus: moves, selects, plays at once, and makes the next ones ready. */

import { api } from "../api/client.js";
import { player } from "../player/player.js";
import { store } from "../state/store.js";
import { openSound } from "./actions.js";
import { resultIds } from "./result_ids.js";
import { moved, press, selectAll } from "./selection.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {{from_s?: number, silent?: boolean, settle?: boolean}} How settle: play when the key rests */

const SETTLE_MS = 90;
const AHEAD = 4;

/**
 * @param {object} list
 * @param {(index: number) => Row|null} list.row
 * @param {(index: number) => void} list.reveal
 * @param {() => void} list.redraw
 * @param {() => number} list.pageRows
 */
export function createCursor({ row, reveal, redraw, pageRows }) {
  let index = -1;
  let anchor = -1;
  /** @type {How|null} */
  let waiting = null;
  let timer = 0;

  /** @param {How} how */
  function play(how) {
    const sound = row(index);
    clearTimeout(timer);
    waiting = sound ? null : how;
    if (!sound) return;
    store.set({ current: sound.id });
    if (how.silent || sound.missing) return;
    if (how.settle) {
      timer = setTimeout(() => play({ ...how, settle: false }), SETTLE_MS);
      return;
    }
    void player.play(sound.id, how.from_s === undefined ? {} : { from_s: how.from_s });
    player.prefetch(neighbours());
  }

  function neighbours() {
    const steps = [1, -1, ...Array.from({ length: AHEAD - 1 }, (_, step) => step + 2)];
    return steps.map((step) => row(index + step)).filter((sound) => sound !== null);
  }

  /**
   * @param {import("./selection.js").Press} what
   * @param {How} [how]
   */
  async function take(what, how = {}) {
    const ids = nearIds(what) ?? (await resultIds());
    const { selected } = store.get();
    const next = press({ selected, anchor, cursor: index }, what, ids);
    anchor = next.anchor;
    index = next.cursor;
    const id = ids[index];
    store.set({ selected: next.selected, ...(id === undefined ? {} : { current: id }) });
    redraw();
    play(how);
  }

  /**
   * The ids that a press is about, where their rows are here: so it is done at once.
   * @param {import("./selection.js").Press} what
   * @returns {ArrayLike<number>|null}
   */
  function nearIds(what) {
    const from = what.range && anchor >= 0 ? anchor : what.index;
    /** @type {{length: number, [index: number]: number}} */
    const ids = { length: store.get().total };
    for (let at = Math.min(from, what.index); at <= Math.max(from, what.index); at += 1) {
      const sound = row(at);
      if (!sound) return null;
      ids[at] = sound.id;
    }
    return ids;
  }

  return {
    index: () => index,
    press: take,

    /**
     * @param {Parameters<typeof moved>[1]} move
     * @param {{extend?: boolean, settle?: boolean}} [options]
     */
    move(move, { extend = false, settle = false } = {}) {
      const to = moved(index, move, { total: store.get().total, page: pageRows() });
      if (to < 0 || (to === index && extend)) return;
      reveal(to);
      void take({ index: to, range: extend }, { settle });
    },

    async selectAll() {
      const all = selectAll({ selected: new Set(), anchor, cursor: index }, await resultIds());
      store.set({ selected: all.selected });
    },

    open() {
      const sound = row(index);
      if (sound) openSound(sound.id);
    },

    /** Rows came in: play what was waited for. */
    rowsArrived() {
      if (waiting) play(waiting);
    },

    /** Another result: the cursor stays with its sound, where that is still in the list. */
    async followResult() {
      const { result, current, selected } = store.get();
      index = -1;
      anchor = -1;
      if (result === null || current === null) return;
      const { offset } = await api.place(result, current).catch(() => ({ offset: null }));
      if (store.get().result !== result || store.get().current !== current || index >= 0) return;
      if (offset === null) return;
      index = offset;
      anchor = offset;
      if (selected.size > 0) reveal(offset);
      redraw();
    },

    destroy() {
      clearTimeout(timer);
    },
  };
}
