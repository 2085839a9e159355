/** Calls of the server that only the sound page makes. */

import { request, requestJson } from "../api/http.js";
import { imageFrom } from "../components/spectrogram_image.js";

/**
 * @typedef {object} SpectrogramRequest
 * @property {number} start_s
 * @property {number} end_s
 * @property {number} columns
 * @property {number} rows
 * @property {import("../components/frequency_scale.js").FrequencyScale} scale
 * @property {number} floor_db
 * @property {number} ceiling_db
 */

/**
 * @typedef {object} TagsOverTime
 * @property {number[]} times_s
 * @property {{name: string, label_en: string, label_ja: string, scores: number[]}[]} tags
 */

export const soundCalls = {
  /**
   * @param {number} id
   * @param {SpectrogramRequest} wanted
   * @param {AbortSignal} signal
   */
  async spectrogram(id, wanted, signal) {
    const values = Object.entries(wanted).map(([key, value]) => [key, String(value)]);
    const response = await request(`/api/sounds/${id}/spectrogram?${new URLSearchParams(values)}`, { signal });
    return imageFrom(await response.arrayBuffer(), response.headers, wanted.scale);
  },

  /** @param {number} id @param {AbortSignal} signal @returns {Promise<TagsOverTime>} */
  tagsOverTime: (id, signal) => requestJson(`/api/sounds/${id}/tags_over_time?top=12`, { signal }),

  /** @param {number} id @param {AbortSignal} signal @returns {Promise<{rows: import("../api/types.js").Row[]}>} */
  nearest: (id, signal) => requestJson(`/api/sounds/${id}/nearest?limit=12`, { signal }),

  /** @param {number} id @param {AbortSignal} signal @returns {Promise<Record<string, unknown>>} */
  metadata: (id, signal) => requestJson(`/api/sounds/${id}/metadata`, { signal }),
};
