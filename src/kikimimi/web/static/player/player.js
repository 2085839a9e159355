/**
 * Plays one sound at a time, at once, as loud as the others.
 *
 *     player.play(12, { start_s: 0.5, end_s: 1.2, loop: true });
 *     player.onTime((timeS, id) => …);     // each frame while it plays; null when it stops
 */

import { urls } from "../api/client.js";
import { readPreference, writePreference } from "../state/preferences.js";
import { findRow, knownRow } from "../state/known_rows.js";
import { loadBuffer, readyBuffer } from "./buffers.js";
import { gainFactor } from "./levels.js";
import { setVolume } from "./output.js";
import { bufferVoice, streamVoice } from "./voices.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {import("./voices.js").Voice} Voice */
/** @typedef {{start_s?: number, end_s?: number, from_s?: number, loop?: boolean}} PlayOptions */

/**
 * @typedef {object} Playing what the player says of itself
 * @property {number|null} id of the sound that was played last
 * @property {boolean} playing
 * @property {boolean} loading
 * @property {boolean} loop
 * @property {boolean} matched played at -23 LUFS
 * @property {number} volume in [0, 1]
 * @property {{start_s: number, end_s: number}|null} region the part that is played
 */

/** Longer sounds are streamed: decoding them whole costs more than it gains. */
const LONGEST_IN_MEMORY_S = 45;

/** @type {Playing} */
let state = {
  id: null,
  playing: false,
  loading: false,
  loop: readPreference("player.loop", false),
  matched: readPreference("player.matched", true),
  volume: readPreference("player.volume", 1),
  region: null,
};
/** @type {Voice|null} */
let voice = null;
let turn = 0;

const stateListeners = new Set();
const timeListeners = new Set();
const endListeners = new Set();
const errorListeners = new Set();

setVolume(state.volume);

export const player = {
  /** @returns {Readonly<Playing>} */
  get: () => state,

  /**
   * Play a sound from its beginning, or a part of it.
   * @param {number} id
   * @param {PlayOptions} [options] from_s: begin inside of the part
   */
  async play(id, options = {}) {
    const mine = ++turn;
    silence();
    const { start_s, end_s } = options;
    const region = start_s !== undefined && end_s !== undefined ? { start_s, end_s } : null;
    change({ id, region, playing: false, loading: true, loop: options.loop ?? state.loop });
    try {
      const row = knownRow(id) ?? (await findRow(id));
      const url = urls.media(row);
      const inMemory = row.duration_s <= LONGEST_IN_MEMORY_S;
      const buffer = inMemory ? (readyBuffer(url) ?? (await loadBuffer(url))) : null;
      if (mine !== turn) return;
      begin(row, buffer, options);
    } catch (error) {
      if (mine !== turn) return;
      change({ loading: false, playing: false });
      for (const listener of errorListeners) listener(error, id);
    }
  },

  /** A sound that was dropped or recorded. @param {string} key */
  async playUpload(key) {
    const mine = ++turn;
    silence();
    change({ region: null, playing: false, loading: true });
    try {
      const buffer = await loadBuffer(urls.upload(key));
      if (mine !== turn) return;
      const span = { from_s: 0, start_s: 0, end_s: buffer.duration, loop: false };
      voice = bufferVoice(buffer, span, { gain: 1, onended: () => player.stop() });
      change({ playing: true, loading: false });
    } catch (error) {
      if (mine !== turn) return;
      change({ loading: false });
      for (const listener of errorListeners) listener(error, -1);
    }
  },

  stop() {
    turn += 1;
    silence();
    if (state.playing || state.loading) change({ playing: false, loading: false });
    tell(null);
  },

  /** Stop, or play the last sound again. */
  toggle() {
    if (state.playing || state.loading) player.stop();
    else if (state.id !== null) void player.play(state.id, { ...state.region });
  },

  /** @param {number} time_s go on from there; with a region, inside of it */
  seek(time_s) {
    if (state.id === null) return;
    const { region } = state;
    const inside = region && time_s >= region.start_s && time_s < region.end_s;
    void player.play(state.id, { ...(inside ? region : {}), from_s: time_s });
  },

  /** @param {{start_s: number, end_s: number}|null} region what the next play is limited to */
  setRegion(region) {
    change({ region });
  },

  /** @param {boolean} loop */
  setLoop(loop) {
    writePreference("player.loop", loop);
    const at = voice?.position();
    change({ loop });
    if (state.playing && at !== undefined && state.id !== null) {
      void player.play(state.id, { ...state.region, from_s: at });
    }
  },

  /** @param {boolean} matched */
  setMatched(matched) {
    writePreference("player.matched", matched);
    change({ matched });
    voice?.setGain(gainOf(knownRow(state.id)));
  },

  /** @param {number} volume in [0, 1] */
  setVolume(volume) {
    writePreference("player.volume", volume);
    setVolume(volume);
    change({ volume });
  },

  /**
   * Make ready what is likely to be played next.
   * @param {Iterable<Row>} rows
   */
  prefetch(rows) {
    for (const row of rows) {
      if (row.missing || row.duration_s > LONGEST_IN_MEMORY_S) continue;
      loadBuffer(urls.media(row)).catch(() => {
        // It is said when the sound is played, not while it is only likely to be.
      });
    }
  },

  /** @param {(time_s: number|null, id: number|null) => void} listener @returns {() => void} */
  onTime: (listener) => listen(timeListeners, listener),
  /** @param {(state: Readonly<Playing>) => void} listener @returns {() => void} */
  onState: (listener) => listen(stateListeners, listener),
  /** @param {(id: number) => void} listener called when a sound came to its end by itself */
  onEnded: (listener) => listen(endListeners, listener),
  /** @param {(error: unknown, id: number) => void} listener */
  onError: (listener) => listen(errorListeners, listener),
};

/**
 * @param {Row} row
 * @param {AudioBuffer|null} buffer
 * @param {PlayOptions} options
 */
function begin(row, buffer, { start_s = 0, end_s, from_s }) {
  const last = buffer?.duration ?? row.duration_s;
  const end = Math.min(end_s ?? last, last);
  const start = Math.min(start_s, end);
  const from = Math.min(Math.max(from_s ?? start, 0), end);
  const span = { from_s: from, start_s: start, end_s: end, loop: state.loop };
  const options = { gain: gainOf(row), onended: ended, onerror: failed };
  voice = buffer ? bufferVoice(buffer, span, options) : streamVoice(urls.media(row), span, options);
  change({ playing: true, loading: false });
  requestAnimationFrame(follow);
}

/** @param {Row|null} row */
function gainOf(row) {
  return state.matched ? gainFactor(row?.gain_db ?? 0) : 1;
}

function ended() {
  const { id } = state;
  player.stop();
  if (id !== null) for (const listener of endListeners) listener(id);
}

/** @param {unknown} error */
function failed(error) {
  const { id } = state;
  player.stop();
  for (const listener of errorListeners) listener(error, id ?? -1);
}

function silence() {
  voice?.stop();
  voice = null;
}

function follow() {
  if (!voice) return;
  tell(voice.position());
  requestAnimationFrame(follow);
}

/** @param {number|null} time_s */
function tell(time_s) {
  for (const listener of timeListeners) listener(time_s, state.id);
}

/** @param {Partial<Playing>} patch */
function change(patch) {
  state = { ...state, ...patch };
  for (const listener of stateListeners) listener(state);
}

/**
 * @param {Set<Function>} listeners
 * @param {Function} listener
 */
function listen(listeners, listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
