/**
 * A chosen stretch of a sound: how dragging and keys make, move and change it. Seconds throughout.
 */

/**
 * @typedef {object} TimeRegion
 * @property {number} startS
 * @property {number} endS later than `startS`
 */

/** @typedef {"start" | "end"} Edge */

/** A shorter drag is a click. */
export const SHORTEST_REGION_S = 0.02;

/**
 * The stretch between two times in either order, held within the sound.
 * @param {number} oneS
 * @param {number} otherS
 * @param {number} durationS
 * @returns {TimeRegion | null} null when it is too short to be meant
 */
export function regionBetween(oneS, otherS, durationS) {
  const start = Math.max(Math.min(oneS, otherS), 0);
  const end = Math.min(Math.max(oneS, otherS), durationS);
  return end - start >= SHORTEST_REGION_S - 1e-9 ? { startS: start, endS: end } : null;
}

/**
 * The edge of a region within reach of a time, the nearer one.
 * @param {TimeRegion | null} region
 * @param {number} timeS
 * @param {number} reachS
 * @returns {Edge | null}
 */
export function edgeNear(region, timeS, reachS) {
  if (region === null) return null;
  const toStart = Math.abs(timeS - region.startS);
  const toEnd = Math.abs(timeS - region.endS);
  if (Math.min(toStart, toEnd) > reachS) return null;
  return toStart < toEnd ? "start" : "end";
}

/**
 * The time that stays when `edge` is dragged.
 * @param {TimeRegion} region
 * @param {Edge} edge
 * @returns {number}
 */
export function oppositeOf(region, edge) {
  return edge === "start" ? region.endS : region.startS;
}

/**
 * Extend or shorten a region with the keys: the end nearest to the cursor follows it.
 * @param {TimeRegion | null} region
 * @param {number} cursorS where the cursor was
 * @param {number} movedS where it is now
 * @param {number} durationS
 * @returns {TimeRegion | null}
 */
export function extended(region, cursorS, movedS, durationS) {
  if (region === null) return regionBetween(cursorS, movedS, durationS);
  const edge = edgeNear(region, cursorS, Infinity) ?? "end";
  return regionBetween(oppositeOf(region, edge), movedS, durationS);
}

/**
 * @param {TimeRegion | null} one
 * @param {TimeRegion | null} other
 * @returns {boolean}
 */
export function sameRegion(one, other) {
  if (one === null || other === null) return one === other;
  return one.startS === other.startS && one.endS === other.endS;
}
