/** Levels of the player. Pure. */

/**
 * @param {number} decibels
 * @returns {number} factor
 */
export function gainFactor(decibels) {
  return 10 ** (decibels / 20);
}

/**
 * A fader that feels even: quiet at the left, full at 1.
 * @param {number} position in [0, 1]
 * @returns {number} factor in [0, 1]
 */
export function faderFactor(position) {
  return Math.min(1, Math.max(0, position)) ** 2;
}

/**
 * Where in a sound the player is, with what it loops over.
 * @param {number} elapsed_s since the start
 * @param {{from_s: number, start_s: number, end_s: number, loop: boolean}} span
 *   from_s: where it began; [start_s, end_s): what it plays or loops over
 */
export function positionAt(elapsed_s, { from_s, start_s, end_s, loop }) {
  const position = from_s + Math.max(0, elapsed_s);
  if (position < end_s || end_s <= start_s) return position;
  return loop ? start_s + ((position - start_s) % (end_s - start_s)) : end_s;
}
