/** Which columns the list shows: header, sorting, widths, and the menu to choose them. */

import { openMenuBelow } from "../components/menu.js";
import { t } from "../i18n/i18n.js";
import { changeQuery } from "../query/actions.js";
import { store } from "../state/store.js";
import {
  COLUMNS,
  defaultLayout,
  keepLayout,
  readLayout,
  resizeColumn,
  toggleColumn,
  visibleColumns,
} from "./columns.js";
import { createHeaderRow } from "./header_row.js";

/** @typedef {import("./columns.js").Column} Column */

/** @param {ReturnType<import("./table.js").createTable>} table */
export function createColumnControl(table) {
  let layout = readLayout();
  let shown = "";

  function columnsNow() {
    const { like, text } = store.get().query;
    const distances = like.length > 0 || text !== "";
    return visibleColumns(layout, { distances, narrow: matchMedia("(max-width: 760px)").matches });
  }

  function rebuild() {
    const { query } = store.get();
    const columns = columnsNow();
    const header = createHeaderRow({
      columns,
      layout,
      order: query,
      onsort: sortBy,
      onresize(column, width, done) {
        layout = resizeColumn(layout, column.key, width);
        table.setLayout(layout);
        if (done) keepLayout(layout);
      },
    });
    shown = describe(columns);
    table.setColumns(columns, layout, header);
  }

  /** @param {Column[]} columns */
  function describe(columns) {
    const { sort, descending } = store.get().query;
    return JSON.stringify([columns.map(({ key }) => key), sort, descending]);
  }

  /** @param {typeof layout} changed */
  function apply(changed) {
    layout = changed;
    keepLayout(layout);
    rebuild();
  }

  rebuild();
  return {
    rebuild,
    /** Only when other columns or another order are to be shown. */
    refresh() {
      if (describe(columnsNow()) !== shown) rebuild();
    },
    /** @param {HTMLElement} opener */
    openMenu(opener) {
      const items = COLUMNS.filter((column) => !column.fixed).map(({ key }) => ({
        label: t(`list.column.${key}.hint`),
        checked: !layout.hidden.includes(key),
        stays: true,
        run: () => apply(toggleColumn(layout, key)),
      }));
      const reset = { label: t("list.columns.reset"), run: () => apply(defaultLayout()) };
      openMenuBelow([...items, "line", reset], opener, t("list.columns"));
    },
  };
}

/**
 * Up, then down, then as found.
 * @param {Column} column
 */
function sortBy(column) {
  const { sort, descending } = store.get().query;
  if (column.sort === null) return;
  if (sort !== column.sort) changeQuery({ sort: column.sort, descending: false });
  else if (!descending) changeQuery({ descending: true });
  else changeQuery({ sort: "rank", descending: false });
}
