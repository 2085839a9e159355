/** The order of a playlist. Pure. */

/**
 * @template V
 * @param {readonly V[]} items
 * @param {number} from
 * @param {number} to place in the list without the item
 * @returns {V[]}
 */
export function moveItem(items, from, to) {
  if (from < 0 || from >= items.length) return [...items];
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(Math.min(rest.length, Math.max(0, to)), 0, items[from]);
}
