/** From bytes of level to pixels. */

/**
 * @typedef {object} SpectrogramImage
 * @property {Uint8Array} levels (rows, columns) from the top, 0 at the floor and 255 at the ceiling
 *   of the dB range
 * @property {number} rows
 * @property {number} columns
 * @property {number} minHz
 * @property {number} maxHz
 * @property {number} startS
 * @property {number} endS
 * @property {import("./frequency_scale.js").FrequencyScale} scale
 */

/**
 * @param {Uint8Array} levels
 * @param {Uint8Array} map RGB triples, see `colour_maps.js`
 * @returns {Uint8ClampedArray<ArrayBuffer>} RGBA
 */
export function paint(levels, map) {
  const pixels = new Uint8ClampedArray(4 * levels.length);
  const words = new Uint32Array(pixels.buffer);
  const colours = mapWords(map);
  for (let i = 0; i < levels.length; i++) words[i] = colours[levels[i]];
  return pixels;
}

/**
 * @param {Uint8Array} map
 * @returns {Uint32Array} one word a level, in the byte order of this machine
 */
function mapWords(map) {
  const bytes = new Uint8Array(4 * 256);
  for (let level = 0; level < 256; level++) {
    bytes.set(map.subarray(3 * level, 3 * level + 3), 4 * level);
    bytes[4 * level + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * The image of a server's answer.
 * @param {ArrayBuffer} body
 * @param {{get: (name: string) => string | null}} headers
 * @param {import("./frequency_scale.js").FrequencyScale} scale
 * @returns {SpectrogramImage}
 * @throws {RangeError} the body is not of the size that the headers say
 */
export function imageFrom(body, headers, scale) {
  const number = (/** @type {string} */ name) => Number(headers.get(name));
  const [rows, columns] = [number("X-Rows"), number("X-Columns")];
  const levels = new Uint8Array(body);
  if (!(rows > 0) || levels.length !== rows * columns) {
    throw new RangeError(`a spectrogram of ${rows} x ${columns} came with ${levels.length} bytes`);
  }
  const [minHz, maxHz] = [number("X-F-Min"), number("X-F-Max")];
  const [startS, endS] = [number("X-Start-S"), number("X-End-S")];
  return { levels, rows, columns, minHz, maxHz, startS, endS, scale };
}
