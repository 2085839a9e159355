/** The grid on the page: header, and as many row elements as can be seen, moved while scrolling. */

import { h } from "../components/dom.js";
import { showsWaiting } from "../components/waiting.js";
import { t } from "../i18n/i18n.js";
import { gridTracks } from "./columns.js";
import { createRowView, rowElementId } from "./row_view.js";
import { canvasHeight, rowTop, scrollToRow, visibleRange } from "./virtual.js";

/** @typedef {import("../api/types.js").Row} Row */

/**
 * @typedef {object} Source
 * @property {number} total
 * @property {(index: number) => Row|null} row
 * @property {(first: number, end: number, direction: number) => void} want
 */

/**
 * @typedef {object} Marks
 * @property {ReadonlySet<number>} selected
 * @property {number} cursor row, -1 without one
 */

/** As `--row-height` in tokens.css. */
export const ROW_HEIGHT = 36;
const HEADER_HEIGHT = 30;

/**
 * @param {object} options
 * @param {() => Marks} options.marks
 * @returns table
 */
export function createTable({ marks }) {
  const canvas = h("div", { class: "list-canvas", role: "rowgroup" });
  const headerRoom = h("div", { class: "list-header", role: "rowgroup" });
  const element = h(
    "div",
    { class: "list-grid", role: "grid", tabIndex: 0, "aria-label": t("list.label"), "aria-multiselectable": "true" },
    headerRoom,
    canvas,
  );
  const setWaiting = showsWaiting(element, "waiting");
  /** @type {import("./row_view.js").RowView[]} */
  let slots = [];
  /** @type {import("./columns.js").Column[]} */
  let columns = [];
  /** @type {Source} */
  let source = { total: 0, row: () => null, want: () => {} };
  let direction = 1;
  let lastTop = 0;
  let frame = 0;
  /** @type {{id: number, share: number}|null} */
  let playhead = null;

  const geometry = () => ({
    total: source.total,
    rowHeight: ROW_HEIGHT,
    viewHeight: Math.max(0, element.clientHeight - HEADER_HEIGHT),
  });

  function draw() {
    cancelAnimationFrame(frame);
    frame = 0;
    const { scrollTop } = element;
    if (scrollTop !== lastTop) direction = Math.sign(scrollTop - lastTop);
    lastTop = scrollTop;
    const { first, end, offset } = visibleRange(scrollTop, geometry());
    makeSlots(end - first);
    source.want(first, end, direction);
    const { selected, cursor } = marks();
    const shown = new Set();
    for (let index = first; index < end; index += 1) {
      const slot = slots[index % slots.length];
      const row = source.row(index);
      shown.add(slot);
      slot.show({
        index,
        row,
        top: rowTop(index, { scrollTop, offset, rowHeight: ROW_HEIGHT }),
        selected: row !== null && selected.has(row.id),
        current: index === cursor,
      });
      slot.setPlayhead(playhead && row?.id === playhead.id ? playhead.share : null);
    }
    for (const slot of slots) if (!shown.has(slot) && slot.index >= 0) slot.hide();
    const seen = cursor >= first && cursor < end;
    if (seen) element.setAttribute("aria-activedescendant", rowElementId(cursor));
    else element.removeAttribute("aria-activedescendant");
  }

  /** @param {number} count */
  function makeSlots(count) {
    if (count <= slots.length) return;
    const added = Array.from({ length: count + 4 - slots.length }, () => createRowView(columns));
    for (const slot of slots) slot.hide();
    slots = [...slots, ...added];
    canvas.append(...added.map((slot) => slot.element));
  }

  const later = () => {
    frame ||= requestAnimationFrame(draw);
  };
  element.addEventListener("scroll", later, { passive: true });
  const watched = new ResizeObserver(later);
  watched.observe(element);

  return {
    element,
    draw: later,
    /** Other rows have come: what is seen is what a click means, at every moment. */
    drawNow: draw,
    /** How many whole rows are seen at once. */
    pageRows: () => Math.max(1, Math.floor(geometry().viewHeight / ROW_HEIGHT) - 1),

    /**
     * Other columns: every row is made anew.
     * @param {import("./columns.js").Column[]} shown
     * @param {import("./columns.js").Layout} layout
     * @param {HTMLElement} header
     */
    setColumns(shown, layout, header) {
      columns = shown;
      slots = [];
      canvas.replaceChildren();
      headerRoom.replaceChildren(header);
      element.setAttribute("aria-colcount", String(shown.length));
      this.setLayout(layout);
      later();
    },

    /** @param {import("./columns.js").Layout} layout other widths of the same columns */
    setLayout(layout) {
      element.style.setProperty("--columns", gridTracks(columns, layout));
    },

    /**
     * @param {Source} other
     * @param {{keepPlace: boolean}} options
     */
    setSource(other, { keepPlace }) {
      source = other;
      element.setAttribute("aria-rowcount", String(other.total + 1));
      canvas.style.height = `${canvasHeight(geometry())}px`;
      if (!keepPlace) element.scrollTop = 0;
      draw();
    },

    /** @param {boolean} busy the rows are those of an earlier question: an answer is on its way */
    setBusy(busy) {
      element.setAttribute("aria-busy", String(busy));
      setWaiting(busy);
    },

    /** @param {number} index */
    reveal(index) {
      element.scrollTop = scrollToRow(index, element.scrollTop, geometry());
      later();
    },

    /**
     * @param {number|null} id
     * @param {number|null} share of the sound that was played
     */
    setPlayhead(id, share) {
      playhead = id === null || share === null ? null : { id, share };
      for (const slot of slots) {
        const row = slot.index >= 0 ? source.row(slot.index) : null;
        slot.setPlayhead(playhead && row?.id === playhead.id ? playhead.share : null);
      }
    },

    /** The element of a row that is seen. @param {number} index */
    rowElement: (index) => document.getElementById(rowElementId(index)),

    destroy() {
      setWaiting(false);
      cancelAnimationFrame(frame);
      watched.disconnect();
    },
  };
}

/**
 * The row under a pointer.
 * @param {Event} event
 * @returns {number} -1 for none
 */
export function rowIndexOf(event) {
  const row = /** @type {Element} */ (event.target).closest?.("[data-index]");
  return row instanceof HTMLElement ? Number(row.dataset.index) : -1;
}
