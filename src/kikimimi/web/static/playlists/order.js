/** The order of a playlist. Pure. */

/**
 * @param {readonly number[]} ids
 * @param {number} id
 * @param {number} steps down, or up when negative; it stops at the ends
 * @returns {number[]}
 */
export function moveBy(ids, id, steps) {
  const from = ids.indexOf(id);
  if (from < 0) return [...ids];
  const rest = ids.toSpliced(from, 1);
  return rest.toSpliced(Math.min(rest.length, Math.max(0, from + steps)), 0, id);
}

/**
 * Put some sounds together, in the order that they have, before another one.
 * @param {readonly number[]} ids
 * @param {ReadonlySet<number>} moved
 * @param {number|null} before the end without; among the moved ones it is what follows them
 * @returns {number[]}
 */
export function moveBefore(ids, moved, before) {
  const at = before === null ? ids.length : ids.indexOf(before);
  const end = at < 0 ? ids.length : at;
  const stays = (/** @type {number} */ id) => !moved.has(id);
  return [...ids.slice(0, end).filter(stays), ...ids.filter((id) => moved.has(id)), ...ids.slice(end).filter(stays)];
}
