/** Where times and levels lie in the pictures, and what their axes say. Pure. */

/** @typedef {{startS: number, endS: number, left: number, width: number}} Strip a stretch of time, and the pixels that show it */

/** Pixels that the labels of the vertical axes have. */
export const GUTTER = 44;

/** @param {Strip} strip @param {number} atS */
export const xOf = ({ startS, endS, left, width }, atS) => left + ((atS - startS) / (endS - startS)) * width;

/**
 * @param {{endS: number, spanS: number}} shown
 * @param {number} width of the whole picture
 * @returns {Strip}
 */
export function stripOf({ endS, spanS }, width) {
  return { startS: endS - spanS, endS, left: GUTTER, width: Math.max(1, width - GUTTER) };
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];

/**
 * Round times of the wall's clock within a stretch.
 * @param {Strip} strip
 * @param {WallClock} clock
 * @param {number} [apart] pixels
 * @returns {{atS: number, text: string}[]}
 */
export function timeTicks({ startS, endS, width }, clock, apart = 84) {
  const stepS = STEPS_S.find((step) => (step / (endS - startS)) * width >= apart) ?? STEPS_S[STEPS_S.length - 1];
  const offsetS = clock.secondsAt(0);
  const ticks = [];
  for (let wallS = stepS * Math.ceil((startS + offsetS) / stepS); wallS - offsetS <= endS; wallS += stepS) {
    ticks.push({ atS: wallS - offsetS, text: clock.text(wallS - offsetS) });
  }
  return ticks;
}

/**
 * @typedef {object} WallClock
 * @property {(atS: number) => number} secondsAt seconds of some day of the listener's time zone
 * @property {(atS: number) => string} text
 */

/**
 * Times of day in the time zone of the listener, which need not be that of the browser.
 * @param {{at_s: number, time: string}} known a place in the sound, and the time there with its zone
 * @returns {WallClock}
 */
export function wallClock({ at_s, time }) {
  const known = (Date.parse(time) + zoneMs(time)) / 1000;
  const fromS = Number.isFinite(known) ? known : at_s;
  const secondsAt = (/** @type {number} */ atS) => fromS + atS - at_s;
  return { secondsAt, text: (atS) => new Date(Math.round(secondsAt(atS)) * 1000).toISOString().slice(11, 19) };
}

/**
 * The time of day that a time with a zone names: `18:30:05`.
 * @param {string} time
 */
export const timeOfDay = (time) => wallClock({ at_s: 0, time }).text(0);

/** @param {string} time in ISO 8601 */
function zoneMs(time) {
  const zone = /([+-])(\d\d):?(\d\d)$/.exec(time);
  return zone ? Number(`${zone[1]}1`) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 : 0;
}

const LEAST_DB = 30;
const ROUND_DB = 10;
const LOWEST_DB = -120;

/**
 * The range of an axis of levels, in tens of dB; silence in bits does not stretch it.
 * @param {readonly {LAF: number, LAFmax: number, LAeq: number}[]} levels
 * @returns {{low: number, high: number}}
 */
export function levelRange(levels) {
  const values = levels.flatMap(({ LAFmax, LAeq }) => [LAFmax, LAeq]).filter((value) => value > LOWEST_DB);
  if (values.length === 0) return { low: -80, high: -80 + LEAST_DB };
  const high = ROUND_DB * Math.ceil((Math.max(...values) + 1) / ROUND_DB) + 0; // never -0
  const low = ROUND_DB * Math.floor((Math.min(...values) - 1) / ROUND_DB);
  return { low: Math.min(low, high - LEAST_DB), high };
}

/**
 * Levels for the labels of an axis.
 * @param {{low: number, high: number}} range
 * @param {number} height
 * @param {number} [apart]
 */
export function levelTicks({ low, high }, height, apart = 20) {
  const step = [10, 20, 50].find((each) => (each / (high - low)) * height >= apart) ?? 50;
  const ticks = [];
  for (let level = step * Math.ceil(low / step); level <= high; level += step) ticks.push(level);
  return ticks;
}
