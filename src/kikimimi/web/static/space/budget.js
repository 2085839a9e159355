/**
 * How many points a machine can draw while they move: fewer when frames come late, more again when
 * there is time to spare. At rest all are drawn.
 */

/** A frame that takes longer is late: 30 frames in a second. */
export const LATE_MS = 1000 / 30;
const EARLY_MS = 1000 / 50;
const FEWEST = 2000;

/**
 * @typedef {object} Budget
 * @property {(frameMs: number) => void} note a frame while moving
 * @property {(total: number) => number} points to draw of `total`
 */

/**
 * @param {number} [start]
 * @returns {Budget}
 */
export function createBudget(start = 60_000) {
  let points = start;
  let smooth = 0;
  return {
    note(frameMs) {
      // A pause (another tab, a breakpoint) says nothing about drawing.
      if (frameMs > 1000) return;
      smooth = smooth === 0 ? frameMs : 0.7 * smooth + 0.3 * frameMs;
      if (smooth > LATE_MS) points = Math.max(FEWEST, points * 0.8);
      else if (smooth < EARLY_MS) points *= 1.1;
      points = Math.min(points, 4_000_000);
    },
    points: (total) => Math.min(total, Math.round(points)),
  };
}
