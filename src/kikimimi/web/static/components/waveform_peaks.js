/**
 * Lowest and highest sample of each column of a picture, from an overview of pairs.
 *
 * An overview is int8 pairs (lowest, highest) at equal steps over the whole sound, 127 for full
 * scale.
 */

/** @typedef {import("./time_view.js").TimeView} TimeView */

/**
 * @param {Int8Array} pairs
 * @param {TimeView} view
 * @param {number} columns
 * @returns {Float32Array} (columns, 2) lowest and highest in [-1, 1]
 */
export function columnPeaks(pairs, view, columns) {
  const count = pairs.length >> 1;
  const peaks = new Float32Array(2 * columns);
  if (count === 0) return peaks;
  const perColumn = (view.endS - view.startS) / columns;
  const scale = count / view.durationS;
  for (let column = 0; column < columns; column++) {
    const start = (view.startS + column * perColumn) * scale;
    const first = Math.min(Math.floor(start + 1e-6), count - 1);
    const last = Math.min(Math.max(Math.ceil(start + perColumn * scale - 1e-6), first + 1), count);
    let [low, high] = [127, -128];
    for (let i = first; i < last; i++) {
      low = Math.min(low, pairs[2 * i]);
      high = Math.max(high, pairs[2 * i + 1]);
    }
    peaks[2 * column] = Math.max(low / 127, -1);
    peaks[2 * column + 1] = high / 127;
  }
  return peaks;
}

/**
 * The gain that makes a quiet sound's picture fill its height, at most 40 dB.
 * @param {Int8Array} pairs
 * @returns {number}
 */
export function pictureGain(pairs) {
  let peak = 0;
  for (const value of pairs) peak = Math.max(peak, Math.abs(value));
  return peak === 0 ? 1 : Math.min(127 / peak, 100);
}

/**
 * The overview that a row carries.
 * @param {string | null} base64
 * @returns {Int8Array}
 */
export function decodeOverview(base64) {
  if (!base64) return new Int8Array(0);
  return Int8Array.from(atob(base64), (character) => (character.charCodeAt(0) << 24) >> 24);
}
