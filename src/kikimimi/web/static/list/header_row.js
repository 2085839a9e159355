/** The header of the list: sorts by a click, resizes by dragging an edge or with Alt and the arrows. */

import { h } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/i18n.js";
import { columnWidth } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */

/**
 * @param {object} options
 * @param {Column[]} options.columns
 * @param {import("./columns.js").Layout} options.layout
 * @param {{sort: string, descending: boolean}} options.order
 * @param {(column: Column) => void} options.onsort
 * @param {(column: Column, width: number, done: boolean) => void} options.onresize
 * @returns {HTMLElement}
 */
export function createHeaderRow({ columns, layout, order, onsort, onresize }) {
  const cells = columns.map((column, position) => {
    const sorted = column.sort !== null && column.sort === order.sort;
    const label = t(`list.column.${column.key}`);
    const arrow = sorted ? icon(order.descending ? "down" : "up") : null;
    const content = column.sort
      ? h("button", { class: "header-button", type: "button", onclick: () => onsort(column) }, h("span", null, label), arrow)
      : h("span", { class: "header-label" }, label);
    return h(
      "div",
      {
        class: `header-cell${column.end ? " cell-end" : ""}`,
        role: "columnheader",
        "aria-colindex": position + 1,
        "aria-sort": sorted ? (order.descending ? "descending" : "ascending") : undefined,
        title: t(`list.column.${column.key}.hint`),
        onkeydown: (/** @type {KeyboardEvent} */ event) => resizeByKey(event, column),
      },
      content,
      createEdge(column),
    );
  });
  return h("div", { class: "header-row", role: "row", "aria-rowindex": 1 }, cells);

  /** @param {Column} column */
  function createEdge(column) {
    const edge = h("div", { class: "header-edge", "aria-hidden": "true" });
    edge.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      edge.setPointerCapture(event.pointerId);
      const began = event.clientX;
      const before = edge.parentElement?.getBoundingClientRect().width ?? columnWidth(layout, column);
      const move = (/** @type {PointerEvent} */ now) => onresize(column, before + now.clientX - began, false);
      edge.addEventListener("pointermove", move);
      edge.addEventListener(
        "pointerup",
        (now) => {
          edge.removeEventListener("pointermove", move);
          onresize(column, before + now.clientX - began, true);
        },
        { once: true },
      );
    });
    return edge;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Column} column
   */
  function resizeByKey(event, column) {
    const step = { ArrowLeft: -8, ArrowRight: 8 }[event.key];
    if (!event.altKey || step === undefined) return;
    event.preventDefault();
    onresize(column, columnWidth(layout, column) + step, true);
  }
}
