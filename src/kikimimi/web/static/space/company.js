/** Keeps the list beside the space, the rings and the links in step with what is chosen. */

import { api, isAbort } from "../api/client.js";
import { requestJson } from "../api/http.js";
import { toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { player } from "../player/player.js";
import { navigate } from "../router/router.js";
import { findRow, rememberRows } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { highlightsOf } from "./highlights.js";
import { createNeighbours } from "./neighbours.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {import("./neighbours.js").Neighbour} Neighbour */

const IN_MIDDLE = 12;
const SETTLE_MS = 350;
/** Of a name in the picture. */
const MOST_LETTERS = 28;

/**
 * @param {object} space
 * @param {(id: number) => number} space.indexOf
 * @param {(count: number) => number[]} space.idsInMiddle
 * @param {(highlights: Partial<import("./overlay.js").Highlights>) => void} space.highlight
 * @param {() => number} space.links
 */
export function createCompany({ indexOf, idsInMiddle, highlight, links }) {
  /** @type {{row: Row, near: Neighbour[]} | null} */
  let current = null;
  /** @type {Neighbour[]} */
  let queried = [];
  let hovered = -1;
  let settling = 0;
  let turn = new AbortController();
  const list = createNeighbours({
    onPlay: (id) => void player.play(id),
    onChoose: (id) => store.set({ current: id, selected: new Set([id]) }),
    onOpen: (id) => navigate({ view: "sound", id }),
    onPoint: (id) => point(id),
  });

  /** @param {number | null} id */
  const point = (id) => {
    hovered = id ?? -1;
    draw();
  };
  const draw = () => {
    const { like } = store.get().query;
    highlight(
      highlightsOf({
        indexOf,
        hovered,
        current: current && { id: current.row.id, label: shortened(current.row.name), near: current.near.map(plain) },
        query: like.length === 0 ? null : { examples: like.filter(({ weight }) => weight > 0).map(example), near: queried.map(plain) },
      }),
    );
  };

  /** Ask anew who is near to what is chosen, to the query, or to the middle of the picture. */
  const refresh = async () => {
    turn.abort();
    turn = new AbortController();
    const { signal } = turn;
    try {
      [current, queried] = await Promise.all([nearCurrent(links(), signal), nearQuery(links(), signal)]);
      if (signal.aborted) return;
      draw();
      if (current) list.show(t("space.near.to", { name: current.row.name }), current.near, current.row.id);
      else if (queried.length > 0) list.show(t("space.near.query"), queried, null);
      else await showMiddle(signal);
    } catch (error) {
      if (!isAbort(error)) toastError(error);
    }
  };
  /** Whether there is something to be near to; else the list has what is in the middle. */
  const hasCentre = () => current !== null || queried.length > 0;
  /** @param {AbortSignal} signal */
  const showMiddle = async (signal) => {
    const rows = await Promise.all(idsInMiddle(IN_MIDDLE).map((id) => findRow(id).catch(() => null)));
    if (signal.aborted || list.isInUse() || hasCentre()) return;
    const known = rows.filter((row) => row !== null);
    list.show(t("space.near.middle"), known.map((row) => ({ row, distance: null })), null);
  };
  const moved = () => {
    if (hasCentre()) return;
    clearTimeout(settling);
    settling = window.setTimeout(() => {
      // A list that changes under the fingers would play and choose other sounds than were meant.
      if (!list.isInUse() && !hasCentre()) void showMiddle(turn.signal);
    }, SETTLE_MS);
  };

  const ends = [
    store.subscribe((state) => state.current, () => void refresh()),
    store.subscribe((state) => state.result, () => void refresh()),
  ];
  return {
    element: list.element,
    refresh: () => void refresh(),
    moved,
    point,
    destroy() {
      turn.abort();
      clearTimeout(settling);
      for (const end of ends) end();
    },
  };
}

/** @param {string} name @returns {string} as much of it as a picture has room for */
function shortened(name) {
  const letters = [...name];
  return letters.length <= MOST_LETTERS ? name : `${letters.slice(0, MOST_LETTERS - 1).join("")}…`;
}

/** @param {Neighbour} neighbour */
function plain({ row, distance }) {
  return { id: row.id, distance };
}

/** @param {import("../query/model.js").Example} example */
function example({ sound }) {
  return { id: sound ?? null, label: t("space.query") };
}

/**
 * @param {number} limit
 * @param {AbortSignal} signal
 */
async function nearCurrent(limit, signal) {
  const { current } = store.get();
  if (current === null) return null;
  const [row, { rows }] = await Promise.all([
    findRow(current),
    requestJson(`/api/sounds/${current}/nearest?limit=${limit}`, { signal }),
  ]);
  return { row, near: neighboursOf(rows) };
}

/**
 * @param {number} limit
 * @param {AbortSignal} signal
 * @returns {Promise<Neighbour[]>}
 */
async function nearQuery(limit, signal) {
  const { query, result } = store.get();
  if (query.like.length === 0 || result === null) return [];
  const { rows } = await api.rows(result, { offset: 0, limit, signal });
  return neighboursOf(rows);
}

/** @param {Row[]} rows */
function neighboursOf(rows) {
  rememberRows(rows);
  return rows.map((row) => ({ row, distance: row.distance }));
}
