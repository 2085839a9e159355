/** Which sounds are selected after a click or a key. Pure: from one state to the next. */

/**
 * @typedef {object} Selection
 * @property {ReadonlySet<number>} selected ids
 * @property {number} anchor row that a range starts from, -1 without one
 * @property {number} cursor row in focus, -1 without one
 */

/**
 * @typedef {object} Press
 * @property {number} index row
 * @property {boolean} [range] with Shift: everything from the anchor to here
 * @property {boolean} [toggle] with Ctrl or Cmd: in or out, the rest stays
 */

/**
 * @param {Selection} before
 * @param {Press} press
 * @param {ArrayLike<number>} ids of the rows in order
 * @returns {Selection}
 */
export function press(before, { index, range = false, toggle = false }, ids) {
  const id = ids[index];
  if (id === undefined) return before;
  if (range) {
    const anchor = before.anchor >= 0 && before.anchor < ids.length ? before.anchor : index;
    const start = toggle ? before.selected : [];
    return { selected: new Set([...start, ...between(ids, anchor, index)]), anchor, cursor: index };
  }
  if (toggle) {
    const selected = new Set(before.selected);
    if (!selected.delete(id)) selected.add(id);
    return { selected, anchor: index, cursor: index };
  }
  return { selected: new Set([id]), anchor: index, cursor: index };
}

/**
 * @param {Selection} before
 * @param {ArrayLike<number>} ids
 * @returns {Selection}
 */
export function selectAll(before, ids) {
  return { ...before, selected: new Set(Array.from(ids)) };
}

/**
 * @param {ArrayLike<number>} ids
 * @param {number} one
 * @param {number} other
 */
function between(ids, one, other) {
  const [first, last] = one < other ? [one, other] : [other, one];
  return Array.prototype.slice.call(ids, first, last + 1);
}

/**
 * The row that a key moves to.
 * @param {number} cursor -1 without one
 * @param {"up"|"down"|"page-up"|"page-down"|"first"|"last"} move
 * @param {{total: number, page: number}} extent
 * @returns {number} -1 in an empty list
 */
export function moved(cursor, move, { total, page }) {
  if (total === 0) return -1;
  const targets = {
    up: cursor - 1,
    down: cursor + 1,
    "page-up": cursor - page,
    "page-down": Math.max(cursor, 0) + page,
    first: 0,
    last: total - 1,
  };
  return Math.min(total - 1, Math.max(0, targets[move]));
}
