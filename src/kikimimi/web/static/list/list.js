/** The list of the result: ties rows, selection, player and keys together. */

import { api, ApiError } from "../api/client.js";
import { h } from "../components/dom.js";
import { toastError } from "../components/toast.js";
import { offerActions } from "../keys/keyboard.js";
import { player } from "../player/player.js";
import { search } from "../query/search.js";
import { knownRow, rememberRows } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { changedSounds } from "../state/changes.js";
import { createColumnControl } from "./column_control.js";
import { createCursor } from "./cursor.js";
import { fillDrag } from "./drag.js";
import { createEmptyState } from "./empty_state.js";
import { listActions } from "./keyboard_actions.js";
import { createPages } from "./pages.js";
import { acceptRowDrops, playlistActions } from "./playlist_order.js";
import { openRowMenu } from "./row_menu.js";
import { createTable, rowIndexOf } from "./table.js";
import { createToolbar } from "./toolbar.js";

/** @typedef {import("./pages.js").RowPages} RowPages */

/**
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createList() {
  /** @type {RowPages|null} */
  let pages = null;
  const table = createTable({ marks: () => ({ selected: store.get().selected, cursor: cursor.index() }) });
  const cursor = createCursor({
    row: (index) => pages?.row(index) ?? null,
    reveal: table.reveal,
    redraw: table.draw,
    pageRows: table.pageRows,
  });
  const columns = createColumnControl(table);
  const empty = createEmptyState();
  const toolbar = createToolbar({ columns });
  const frame = h("div", { class: "list-frame" }, table.element, empty.element);
  const element = h("section", { class: "list" }, toolbar.element, frame);

  /** @type {import("../query/model.js").PageQuery|null} */
  let shownQuery = null;

  function showResult() {
    const { result, firstRows, total, query } = store.get();
    pages?.destroy();
    pages = null;
    if (result === null) return;
    const mine = createPages({
      first: firstRows,
      total,
      fetch: (page) => api.rows(result, page),
      onrows: (first, end) => showRows(mine, first, end),
      onerror: recover,
    });
    pages = mine;
    const keepPlace = query === shownQuery;
    shownQuery = query;
    table.setSource({ total, row: mine.row, want: mine.want }, { keepPlace });
    columns.refresh();
    rememberRows(firstRows);
    void cursor.followResult();
  }

  /**
   * @param {RowPages} from
   * @param {number} first
   * @param {number} end
   */
  function showRows(from, first, end) {
    if (from !== pages) return;
    rememberRows(rowsBetween(from, first, end));
    table.drawNow();
    cursor.rowsArrived();
  }

  const onPress = (/** @type {MouseEvent} */ event) => {
    const index = rowIndexOf(event);
    const row = pages?.row(index);
    if (index < 0 || !row || event.button !== 0) return;
    const wave = /** @type {Element} */ (event.target).closest("[data-column=wave]");
    const box = wave?.getBoundingClientRect();
    const from_s = box ? ((event.clientX - box.left) / box.width) * row.duration_s : undefined;
    void cursor.press({ index, range: event.shiftKey, toggle: event.ctrlKey || event.metaKey }, { from_s });
  };
  const onMenu = (/** @type {MouseEvent} */ event) => {
    const index = rowIndexOf(event);
    const row = pages?.row(index);
    if (index < 0 || !row) return;
    event.preventDefault();
    if (!store.get().selected.has(row.id)) void cursor.press({ index }, { silent: true });
    openRowMenu(row, { x: event.clientX, y: event.clientY });
  };
  const onDragStart = (/** @type {DragEvent} */ event) => {
    const row = pages?.row(rowIndexOf(event));
    if (!row || !event.dataTransfer) return;
    const { selected } = store.get();
    fillDrag(event.dataTransfer, row, selected.has(row.id) ? [...selected] : [row.id]);
  };
  table.element.addEventListener("click", onPress);
  table.element.addEventListener("dblclick", (event) => rowIndexOf(event) >= 0 && cursor.open());
  table.element.addEventListener("contextmenu", onMenu);
  table.element.addEventListener("dragstart", onDragStart);

  acceptRowDrops(table.element, (index) => pages?.row(index) ?? null);

  const ends = [
    offerActions(playlistActions()),
    store.subscribe((state) => state.result, showResult),
    store.subscribe((state) => state.searching, table.setBusy),
    store.subscribe((state) => state.selected, table.draw),
    store.subscribe((state) => state.theme, () => (columns.rebuild(), table.draw())),
    changedSounds(() => pages?.refresh()),
    player.onTime((time_s, id) => {
      const row = knownRow(id);
      table.setPlayhead(id, row && time_s !== null ? time_s / row.duration_s : null);
    }),
    offerActions(listActions(cursor, { rowElement: table.rowElement, row: (index) => pages?.row(index) ?? null })),
  ];
  showResult();
  table.setBusy(store.get().searching);
  return {
    element,
    destroy() {
      for (const end of ends) end();
      pages?.destroy();
      cursor.destroy();
      table.destroy();
      toolbar.destroy();
      empty.destroy();
    },
  };
}

/**
 * @param {RowPages} pages
 * @param {number} first
 * @param {number} end
 */
function rowsBetween(pages, first, end) {
  const rows = [];
  for (let index = first; index < end; index += 1) {
    const row = pages.row(index);
    if (row) rows.push(row);
  }
  return rows;
}

/** The server forgot the list: ask for it again. @param {unknown} error */
function recover(error) {
  if (error instanceof ApiError && error.status === 404) void search();
  else if (!(error instanceof ApiError && error.status === 0)) toastError(error);
}
