/** Calls of the server that only the page of making makes. */

import { requestJson } from "../api/http.js";

/** @typedef {{name: string, label_en: string, label_ja: string}} SoundClass */

/**
 * @typedef {object} Generator what the server makes sounds with
 * @property {boolean} available
 * @property {string} message why it cannot make any
 * @property {string} name
 * @property {string} title
 * @property {string} licence
 * @property {SoundClass[]} classes
 * @property {boolean} samples whether it makes variations and new sounds
 * @property {boolean} knows_text
 */

/** @typedef {{sound: number}|{upload: string}} SourceKey */

/**
 * @typedef {object} Made
 * @property {string} made its key
 * @property {string} name of the file
 * @property {number} duration_s
 * @property {string} overview
 * @property {Record<string, any>} parameters
 */

export const makingCalls = {
  /** @param {AbortSignal} signal @returns {Promise<Generator>} */
  generator: (signal) => requestJson("/api/generator", { signal }),

  /**
   * @param {Record<string, unknown>} wanted
   * @returns {Promise<{job: import("../api/types.js").Job}>}
   */
  make: (wanted) => requestJson("/api/make", { method: "POST", json: wanted }),

  /** @param {string} key @returns {Promise<Made>} */
  made: (key) => requestJson(`/api/made/${key}`),

  /** @param {string} key @returns {Promise<{path: string, job: import("../api/types.js").Job|null}>} */
  keep: (key) => requestJson(`/api/made/${key}/keep`, { method: "POST" }),
};

/** @param {string} key */
export const madeAddress = (key) => `/media/made/${key}`;

/** @param {Made} made */
export const savedAddress = ({ made, name }) => `/media/made/${made}/file/${encodeURIComponent(name)}`;
