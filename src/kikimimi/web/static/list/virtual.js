/**
 * Arithmetic of a list that is longer than an element may be tall. Pure; all lengths in CSS px.
 *
 * Browsers stop at some 17 to 33 million px. Below `TALLEST` a row lies where it is; a longer list
 * is squeezed: the scroll position is stretched to the whole list, and rows are laid around it.
 */

export const TALLEST = 12_000_000;

/**
 * @typedef {object} Geometry
 * @property {number} total rows
 * @property {number} rowHeight
 * @property {number} viewHeight what is seen at once
 */

/** @typedef {{first: number, end: number, offset: number}} Range rows [first, end) and how far the list is scrolled */

/**
 * Height of the element that scrolls.
 * @param {Geometry} geometry
 */
export function canvasHeight({ total, rowHeight }) {
  return Math.min(total * rowHeight, TALLEST);
}

/**
 * How far the whole list is scrolled at a position of the scroll bar.
 * @param {number} scrollTop
 * @param {Geometry} geometry
 */
export function listOffset(scrollTop, geometry) {
  const { total, rowHeight, viewHeight } = geometry;
  const canvas = canvasHeight(geometry);
  const whole = total * rowHeight;
  if (canvas === whole) return Math.max(0, scrollTop);
  const share = Math.min(1, Math.max(0, scrollTop / (canvas - viewHeight)));
  return share * (whole - viewHeight);
}

/**
 * The position of the scroll bar that shows the list at an offset; inverse of `listOffset`.
 * @param {number} offset
 * @param {Geometry} geometry
 */
export function scrollTopFor(offset, geometry) {
  const { total, rowHeight, viewHeight } = geometry;
  const canvas = canvasHeight(geometry);
  const whole = total * rowHeight;
  const within = Math.min(Math.max(0, offset), Math.max(0, whole - viewHeight));
  return canvas === whole ? within : (within / (whole - viewHeight)) * (canvas - viewHeight);
}

/**
 * The rows to draw, with some more above and below.
 * @param {number} scrollTop
 * @param {Geometry} geometry
 * @param {number} [overscan] rows
 * @returns {Range}
 */
export function visibleRange(scrollTop, geometry, overscan = 6) {
  const { total, rowHeight, viewHeight } = geometry;
  const offset = listOffset(scrollTop, geometry);
  const first = Math.max(0, Math.floor(offset / rowHeight) - overscan);
  const end = Math.min(total, Math.ceil((offset + viewHeight) / rowHeight) + overscan);
  return { first: Math.min(first, end), end, offset };
}

/**
 * Where a row lies inside the element that scrolls.
 * @param {number} index
 * @param {{scrollTop: number, offset: number, rowHeight: number}} place
 */
export function rowTop(index, { scrollTop, offset, rowHeight }) {
  return scrollTop + index * rowHeight - offset;
}

/**
 * The smallest scroll that brings a row into view.
 * @param {number} index
 * @param {number} scrollTop
 * @param {Geometry} geometry
 * @returns {number} the new position of the scroll bar
 */
export function scrollToRow(index, scrollTop, geometry) {
  const { rowHeight, viewHeight } = geometry;
  const offset = listOffset(scrollTop, geometry);
  const top = index * rowHeight;
  if (top < offset) return scrollTopFor(top, geometry);
  if (top + rowHeight > offset + viewHeight) return scrollTopFor(top + rowHeight - viewHeight, geometry);
  return scrollTop;
}
