/** Decoded sounds, kept for the next key press, within a bound of memory. */

import { request } from "../api/http.js";
import { output } from "./output.js";

const MOST_BYTES = 192 * 2 ** 20;

/** @typedef {{buffer: AudioBuffer|null, promise: Promise<AudioBuffer>}} Entry */

/** @type {Map<string, Entry>} */
const entries = new Map();

/**
 * A sound that is decoded already.
 * @param {string} url
 */
export function readyBuffer(url) {
  const entry = entries.get(url);
  if (!entry) return null;
  entries.delete(url);
  entries.set(url, entry);
  return entry.buffer;
}

/**
 * Fetch and decode a sound, once.
 * @param {string} url
 * @returns {Promise<AudioBuffer>}
 */
export function loadBuffer(url) {
  const held = entries.get(url);
  if (held) return held.promise;
  /** @type {Entry} */
  const entry = { buffer: null, promise: decode(url) };
  entries.set(url, entry);
  entry.promise.then(
    (buffer) => {
      entry.buffer = buffer;
      forgetOldest();
    },
    () => entries.delete(url),
  );
  return entry.promise;
}

/** @param {string} url */
async function decode(url) {
  const bytes = await (await request(url)).arrayBuffer();
  return output().context.decodeAudioData(bytes);
}

function forgetOldest() {
  let bytes = 0;
  for (const [url, { buffer }] of [...entries].reverse()) {
    bytes += buffer ? buffer.length * buffer.numberOfChannels * 4 : 0;
    if (buffer && bytes > MOST_BYTES) entries.delete(url);
  }
}
