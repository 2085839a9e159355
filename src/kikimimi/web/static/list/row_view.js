/** One row of the grid on the page, used again for whatever row scrolls into its place. */

import { h } from "../components/dom.js";
import { makeCell } from "./cells.js";

/** @typedef {import("../api/types.js").Row} Row */

/**
 * @typedef {object} RowView
 * @property {HTMLElement} element
 * @property {number} index row that it shows, -1 when put away
 * @property {(state: RowState) => void} show
 * @property {(share: number|null) => void} setPlayhead
 * @property {() => void} hide
 */

/**
 * @typedef {object} RowState
 * @property {number} index
 * @property {Row|null} row null while it is on its way
 * @property {number} top px
 * @property {boolean} selected
 * @property {boolean} current
 */

/** @param {number} index */
export function rowElementId(index) {
  return `row-${index}`;
}

/**
 * @param {import("./columns.js").Column[]} columns
 * @returns {RowView}
 */
export function createRowView(columns) {
  const cells = columns.map((column, position) => makeCell(column, position + 1));
  const element = h("div", { class: "row", role: "row", hidden: true }, cells.map((cell) => cell.element));
  const wave = cells[columns.findIndex(({ key }) => key === "wave")]?.element;
  /** @type {Row|null|undefined} */
  let filled;
  /** @type {RowView} */
  const view = {
    element,
    index: -1,
    show({ index, row, top, selected, current }) {
      if (index !== view.index) {
        view.index = index;
        element.id = rowElementId(index);
        element.dataset.index = String(index);
        element.setAttribute("aria-rowindex", String(index + 2));
        element.hidden = false;
        view.setPlayhead(null);
      }
      element.style.transform = `translateY(${top}px)`;
      element.setAttribute("aria-selected", String(selected));
      element.classList.toggle("current", current);
      if (row === filled) return;
      filled = row;
      element.draggable = row !== null && !row.missing;
      element.classList.toggle("missing", row?.missing ?? false);
      for (const cell of cells) cell.fill(row);
    },
    setPlayhead(share) {
      if (!wave) return;
      wave.classList.toggle("playing", share !== null);
      if (share !== null) wave.style.setProperty("--playhead", String(share));
    },
    hide() {
      view.index = -1;
      element.hidden = true;
      element.removeAttribute("id");
    },
  };
  return view;
}
