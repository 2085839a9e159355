/** WAV files made in the page. Pure. */

/**
 * 16-bit mono WAV.
 * @param {Float32Array} samples in [-1, 1]
 * @param {number} sampleRate_hz
 * @returns {ArrayBuffer}
 */
export function encodeWav(samples, sampleRate_hz) {
  const bytes = new ArrayBuffer(44 + 2 * samples.length);
  const view = new DataView(bytes);
  const text = (/** @type {number} */ at, /** @type {string} */ value) =>
    [...value].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate_hz, true);
  view.setUint32(28, 2 * sampleRate_hz, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, index) => {
    const clipped = Math.min(1, Math.max(-1, sample));
    view.setInt16(44 + 2 * index, Math.round(clipped * 32767), true);
  });
  return bytes;
}

/**
 * Lowest and highest of equal parts of a sound, as the server's overviews.
 * @param {Float32Array} samples
 * @param {number} points
 * @returns {Int8Array} pairs
 */
export function overviewOf(samples, points) {
  const pairs = new Int8Array(2 * points);
  for (let point = 0; point < points; point += 1) {
    const from = Math.floor((point * samples.length) / points);
    const end = Math.max(from + 1, Math.floor(((point + 1) * samples.length) / points));
    let low = 0;
    let high = 0;
    for (let index = from; index < Math.min(end, samples.length); index += 1) {
      low = Math.min(low, samples[index]);
      high = Math.max(high, samples[index]);
    }
    pairs[2 * point] = Math.round(Math.max(-1, low) * 127);
    pairs[2 * point + 1] = Math.round(Math.min(1, high) * 127);
  }
  return pairs;
}

/**
 * Where the sound is: without the silence at both ends, with a little room.
 * @param {Float32Array} samples
 * @param {number} sampleRate_hz
 * @returns {{start_s: number, end_s: number}}
 */
export function soundingPart(samples, sampleRate_hz) {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const threshold = Math.max(0.003, peak * 0.03);
  const loud = (/** @type {number} */ sample) => Math.abs(sample) >= threshold;
  const first = samples.findIndex(loud);
  const whole = samples.length / sampleRate_hz;
  if (first < 0) return { start_s: 0, end_s: whole };
  const last = samples.findLastIndex(loud);
  const room = 0.05;
  return {
    start_s: Math.max(0, first / sampleRate_hz - room),
    end_s: Math.min(whole, last / sampleRate_hz + 4 * room),
  };
}
