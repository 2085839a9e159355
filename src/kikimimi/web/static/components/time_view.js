/**
 * What stretch of a sound is on the screen, and where a time lies in it. All times in seconds, all
 * widths in CSS pixels; values are never changed in place.
 */

/**
 * @typedef {object} TimeView
 * @property {number} startS first time shown
 * @property {number} endS last time shown, later than `startS`
 * @property {number} durationS length of the whole sound, at least `endS`
 */

/** The shortest stretch that can be zoomed to. */
export const SHORTEST_VIEW_S = 0.02;

/**
 * The whole of a sound; a sound of no length gets a hair of it, so that divisions stay finite.
 * @param {number} durationS
 * @returns {TimeView}
 */
export function wholeView(durationS) {
  const length = Math.max(durationS, SHORTEST_VIEW_S);
  return { startS: 0, endS: length, durationS: length };
}

/**
 * The stretch from `startS` to `endS`, moved and shortened until it lies within the sound.
 * @param {number} startS
 * @param {number} endS
 * @param {number} durationS
 * @returns {TimeView}
 */
export function viewWithin(startS, endS, durationS) {
  const whole = wholeView(durationS);
  const length = Math.min(Math.max(endS - startS, SHORTEST_VIEW_S), whole.durationS);
  const start = Math.min(Math.max(startS, 0), whole.durationS - length);
  return { startS: start, endS: start + length, durationS: whole.durationS };
}

/**
 * Zoom so that the time under the pointer stays where it is.
 * @param {TimeView} view
 * @param {number} factor over 1 shows more of the sound, under 1 less
 * @param {number} aroundS
 * @returns {TimeView}
 */
export function zoomed(view, factor, aroundS) {
  const length = view.endS - view.startS;
  const wanted = Math.min(Math.max(length * factor, SHORTEST_VIEW_S), view.durationS);
  const share = (aroundS - view.startS) / length;
  const start = aroundS - share * wanted;
  return viewWithin(start, start + wanted, view.durationS);
}

/**
 * @param {TimeView} view
 * @param {number} byS
 * @returns {TimeView}
 */
export function panned(view, byS) {
  return viewWithin(view.startS + byS, view.endS + byS, view.durationS);
}

/**
 * Move the view only if `timeS` is outside, so that a playhead stays in sight.
 * @param {TimeView} view
 * @param {number} timeS
 * @returns {TimeView}
 */
export function following(view, timeS) {
  if (timeS >= view.startS && timeS <= view.endS) return view;
  return viewWithin(timeS, timeS + view.endS - view.startS, view.durationS);
}

/**
 * @param {TimeView} view
 * @param {number} x
 * @param {number} width
 * @returns {number} the time at `x`, held within the sound
 */
export function timeAt(view, x, width) {
  const time = view.startS + (x / Math.max(width, 1)) * (view.endS - view.startS);
  return Math.min(Math.max(time, 0), view.durationS);
}

/**
 * @param {TimeView} view
 * @param {number} timeS
 * @param {number} width
 * @returns {number} may lie outside 0 to `width`
 */
export function xAt(view, timeS, width) {
  return ((timeS - view.startS) / (view.endS - view.startS)) * width;
}

/**
 * @param {TimeView} view
 * @returns {boolean} whether the whole sound is shown
 */
export function isWhole(view) {
  return view.startS <= 0 && view.endS >= view.durationS;
}

/**
 * Round times for the labels of an axis, about `apart` pixels from each other.
 * @param {TimeView} view
 * @param {number} width
 * @param {number} [apart]
 * @returns {number[]}
 */
export function timeTicks(view, width, apart = 90) {
  const step = roundStep(((view.endS - view.startS) / Math.max(width, 1)) * apart);
  const first = Math.ceil(view.startS / step - 1e-9);
  const last = Math.floor(view.endS / step + 1e-9);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => (first + i) * step);
}

const MINUTES_AND_HOURS = [15, 30, 60, 120, 300, 600, 1800, 3600];

/**
 * @param {number} atLeastS
 * @returns {number} a step that people count in
 */
function roundStep(atLeastS) {
  if (atLeastS > 10) return MINUTES_AND_HOURS.find((step) => step >= atLeastS) ?? 7200;
  const power = 10 ** Math.floor(Math.log10(atLeastS));
  return ([1, 2, 5].find((step) => step * power >= atLeastS * (1 - 1e-9)) ?? 10) * power;
}

/**
 * A time as people read it: `0:07.25`, `1:02:03`.
 * @param {number} timeS
 * @param {number} [decimals]
 * @returns {string}
 */
export function formatTime(timeS, decimals = 2) {
  const scale = 10 ** decimals;
  const total = Math.round(Math.max(timeS, 0) * scale) / scale;
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = (total % 60).toFixed(decimals).padStart(decimals > 0 ? decimals + 3 : 2, "0");
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`
    : `${minutes}:${seconds}`;
}

/**
 * Decimals that tell the ticks of a view apart.
 * @param {TimeView} view
 * @returns {number}
 */
export function tickDecimals(view) {
  const length = view.endS - view.startS;
  return length > 20 ? 0 : length > 2 ? 1 : length > 0.2 ? 2 : 3;
}
