/** Where bars with names stand, so that none lies over another and none jumps as time goes on. Pure. */

/** @typedef {{key: string, from: number, to: number, wide: number}} Bar pixels from left to right, and the width of its name */
/** @typedef {"inside"|"after"|"before"} Side where the name stands */
/** @typedef {{row: number, side: Side}} Place */

const APART = 2;

/**
 * @param {readonly Bar[]} bars by their beginning
 * @param {{places: ReadonlyMap<string, Place>, rows: number, end: number}} options places: of the
 *   time before, which bars keep; end: of the picture, where names must end too
 * @returns {Map<string, Place>} of all bars for which there is a row
 */
export function placeBars(bars, { places, rows, end }) {
  /** @type {{first: number, last: number}[][]} */
  const taken = Array.from({ length: rows }, () => []);
  /** @type {Map<string, Place>} */
  const found = new Map();
  /** @param {Bar} bar @param {Place} place */
  const put = (bar, place) => {
    taken[place.row].push(extent(bar, place.side));
    found.set(bar.key, place);
  };
  for (const bar of bars) {
    const before = places.get(bar.key);
    if (before && before.row < rows) put(bar, { row: before.row, side: sideOf(bar, end, before.side) });
  }
  for (const bar of bars) {
    if (found.has(bar.key)) continue;
    const side = sideOf(bar, end);
    const { first, last } = extent(bar, side);
    const row = taken.findIndex((others) => others.every((other) => other.last <= first || other.first >= last));
    if (row >= 0) put(bar, { row, side });
  }
  return found;
}

/**
 * @param {Bar} bar
 * @param {number} end
 * @param {Side} [before] a name that stands before its bar stays there: behind it others may have come
 * @returns {Side}
 */
function sideOf({ from, to, wide }, end, before) {
  if (to - from >= wide) return "inside";
  if (before === "before") return before;
  return to + wide > end ? "before" : "after";
}

/** @param {Bar} bar @param {Side} side */
function extent({ from, to, wide }, side) {
  const [first, last] = { inside: [from, to], after: [from, to + wide], before: [from - wide, to] }[side];
  return { first, last: last + APART };
}
