/** Which part of a spectrogram to ask for, so that small moves of the view ask for nothing. Pure. */

/** @typedef {import("../components/time_view.js").TimeView} TimeView */

/** The picture reaches this share of the view beyond either side. */
const MARGIN = 0.5;
const MOST_COLUMNS = 2048;
const MOST_ROWS = 512;
/** A picture this much coarser than the screen is asked for anew. */
const COARSE = 1.5;

/**
 * @typedef {object} Picture what is there or asked for
 * @property {number} startS
 * @property {number} endS
 * @property {number} columns
 */

/**
 * @param {TimeView} view
 * @param {{width: number, height: number, ratio: number}} size
 * @returns {Picture & {rows: number}}
 */
export function wantedPicture(view, { width, height, ratio }) {
  const length = view.endS - view.startS;
  const startS = Math.max(view.startS - MARGIN * length, 0);
  const endS = Math.min(view.endS + MARGIN * length, view.durationS);
  const perView = width * Math.min(ratio, 2);
  const columns = Math.min(Math.max(Math.round((perView * (endS - startS)) / length), 16), MOST_COLUMNS);
  const rows = Math.min(Math.max(Math.round(height * Math.min(ratio, 2)), 16), MOST_ROWS);
  return { startS, endS, columns, rows };
}

/**
 * Whether a picture still shows the view fully and finely enough.
 * @param {Picture | null} picture
 * @param {TimeView} view
 * @param {{width: number, height: number, ratio: number}} size
 * @returns {boolean}
 */
export function isEnough(picture, view, size) {
  if (picture === null) return false;
  const slack = 1e-6;
  if (picture.startS > view.startS + slack || picture.endS < view.endS - slack) return false;
  const wanted = wantedPicture(view, size);
  const density = (/** @type {Picture} */ one) => one.columns / (one.endS - one.startS);
  return density(picture) * COARSE >= density(wanted);
}
