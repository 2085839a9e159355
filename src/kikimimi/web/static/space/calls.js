/** Calls of the server that only the space makes. */

import { request, requestJson } from "../api/http.js";
import { decodePayload } from "./payload.js";

/**
 * @typedef {object} Axis
 * @property {string} key
 * @property {"pca" | "ica" | "umap" | "measure" | "tag"} kind
 * @property {string} label_en
 * @property {string} label_ja
 * @property {string} description_en
 * @property {string} description_ja
 * @property {string} unit
 * @property {"linear" | "log"} scale
 * @property {boolean} available
 */

export const spaceCalls = {
  /** @param {AbortSignal} [signal] @returns {Promise<Axis[]>} */
  axes: (signal) => requestJson("/api/space/axes", { signal }),

  /**
   * @param {readonly string[]} keys
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./payload.js").SpacePayload>}
   */
  async values(keys, signal) {
    const search = new URLSearchParams({ axes: keys.join(",") });
    const response = await request(`/api/space/values?${search}`, { signal });
    return decodePayload(await response.arrayBuffer());
  },

  /**
   * @param {number} id
   * @param {number} limit
   * @param {AbortSignal} [signal]
   * @returns {Promise<{id: number, distance: number}[]>} without the sound itself
   */
  near: (id, limit, signal) => requestJson(`/api/space/near?${new URLSearchParams({ id: String(id), limit: String(limit) })}`, { signal }),

  /** @param {"umap"} kind @returns {Promise<{job: string}>} */
  layout: (kind) => requestJson("/api/space/layout", { method: "POST", json: { kind } }),
};
