/** Typed calls of the server, one for each route that the page uses. */

import { request, requestJson } from "./http.js";

export { ApiError, isAbort } from "./http.js";

/** @typedef {import("./types.js").Sounds} Sounds */

/** @param {Record<string, string|number|undefined|null>} values */
function search(values) {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString();
}

/**
 * @param {string} method
 * @param {unknown} [json]
 */
const send = (method, json) => ({ method, json });

export const api = {
  /** @returns {Promise<import("./types.js").Status>} */
  status: () => requestJson("/api/status"),

  /**
   * @param {Record<string, unknown>} query
   * @param {{rows: number, signal?: AbortSignal}} options rows: as many of the first rows come along
   * @returns {Promise<import("./types.js").Result>}
   */
  results: (query, { rows, signal }) =>
    requestJson(`/api/results?${search({ rows })}`, { ...send("POST", query), signal }),

  /**
   * @param {string} result
   * @param {{offset: number, limit: number, signal?: AbortSignal}} page
   * @returns {Promise<{rows: import("./types.js").Row[], total: number}>}
   */
  rows: (result, { offset, limit, signal }) =>
    requestJson(`/api/results/${result}/rows?${search({ offset, limit })}`, { signal }),

  /**
   * @param {string} result
   * @returns {Promise<Uint32Array>} ids in order
   */
  ids: async (result) =>
    new Uint32Array(await (await request(`/api/results/${result}/ids`)).arrayBuffer()),

  /**
   * @param {string} result
   * @param {number} id
   * @returns {Promise<{offset: number|null}>}
   */
  place: (result, id) => requestJson(`/api/results/${result}/place?${search({ id })}`),

  /**
   * @param {string} result
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Facets>}
   */
  facets: (result, signal) => requestJson(`/api/results/${result}/facets`, { signal }),

  /**
   * @param {string} text
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Suggestions>}
   */
  suggest: (text, signal) => requestJson(`/api/suggest?${search({ text })}`, { signal }),

  /**
   * @param {number} id
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Sound>}
   */
  sound: (id, signal) => requestJson(`/api/sounds/${id}`, { signal }),

  /**
   * @param {number} id
   * @param {number} points
   * @param {AbortSignal} [signal]
   * @returns {Promise<Int8Array>} pairs of lowest and highest
   */
  overview: async (id, points, signal) =>
    new Int8Array(
      await (await request(`/api/sounds/${id}/overview?${search({ points })}`, { signal })).arrayBuffer(),
    ),

  /**
   * @param {Blob} blob
   * @param {string} name
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./types.js").Upload>}
   */
  upload: (blob, name, signal) =>
    requestJson("/api/uploads", {
      method: "POST",
      body: blob,
      headers: {
        "Content-Type": blob.type.startsWith("audio/") ? blob.type : "application/octet-stream",
        "X-File-Name": encodeURIComponent(name),
      },
      signal,
    }),

  /**
   * @param {"add"|"remove"|"accept"|"reject"} action
   * @param {Sounds} sounds
   * @param {string} name
   * @returns {Promise<import("./types.js").Changed>}
   */
  changeTag: (action, sounds, name) => requestJson(`/api/tags/${action}`, send("POST", { ...sounds, name })),

  /** @returns {Promise<any[]>} */
  taught: () => requestJson("/api/taught"),

  /**
   * @param {{name: string, wanted: number[], unwanted?: number[]}} lesson
   * @returns {Promise<import("./types.js").TaughtReport>}
   */
  teach: (lesson) => requestJson("/api/taught", send("POST", lesson)),

  /** @param {string} name */
  forgetTaught: (name) => requestJson(`/api/taught/${encodeURIComponent(name)}`, send("DELETE")),

  /** @returns {Promise<import("./types.js").Playlist[]>} */
  playlists: () => requestJson("/api/playlists"),

  /**
   * @param {string} name
   * @param {number[]} [sounds]
   * @returns {Promise<import("./types.js").Playlist & import("./types.js").Changed>}
   */
  createPlaylist: (name, sounds) => requestJson("/api/playlists", send("POST", { name, sounds })),

  /**
   * @param {number} id
   * @param {string} name
   */
  renamePlaylist: (id, name) => requestJson(`/api/playlists/${id}`, send("PATCH", { name })),

  /** @param {number} id @returns {Promise<import("./types.js").Changed>} */
  deletePlaylist: (id) => requestJson(`/api/playlists/${id}`, send("DELETE")),

  /**
   * @param {number} id
   * @returns {Promise<import("./types.js").Playlist & {revision: number, rows: import("./types.js").Row[]}>}
   */
  playlist: (id) => requestJson(`/api/playlists/${id}`),

  /**
   * @param {number} id
   * @param {number[]} sounds the whole order
   * @param {number} [expected_revision] refused when somebody else changed the list since
   */
  orderPlaylist: (id, sounds, expected_revision) =>
    requestJson(`/api/playlists/${id}/items`, send("PUT", { sounds, expected_revision })),

  /**
   * @param {number} id
   * @param {number[]} sounds
   * @param {number} [at]
   * @returns {Promise<import("./types.js").Changed>}
   */
  addToPlaylist: (id, sounds, at) => requestJson(`/api/playlists/${id}/items`, send("POST", { sounds, at })),

  /**
   * @param {number} [change] the last one without
   * @returns {Promise<{undone: import("./types.js").Label, change: number, revision: number}>}
   */
  undo: (change) => requestJson("/api/undo", send("POST", { change })),

  /**
   * @param {number} [change]
   * @returns {Promise<{redone: import("./types.js").Label, change: number, revision: number}>}
   */
  redo: (change) => requestJson("/api/redo", send("POST", { change })),

  /** @param {number} [limit] */
  journal: (limit = 50) => requestJson(`/api/journal?${search({ limit })}`),

  /**
   * @param {number} id
   * @param {string} path
   */
  locate: (id, path) => requestJson(`/api/sounds/${id}/locate`, send("POST", { path })),

  /** @param {number[]} sounds missing ones @returns {Promise<import("./types.js").Changed>} */
  forget: (sounds) => requestJson("/api/sounds/forget", send("POST", { sounds })),

  /** @param {number} id */
  reveal: (id) => requestJson(`/api/sounds/${id}/reveal`, send("POST")),

  /** @param {string[]} roots absolute folders */
  index: (roots) => requestJson("/api/index", send("POST", { roots })),

  /** @returns {Promise<import("./types.js").Job[]>} */
  jobs: () => requestJson("/api/jobs"),

  /** @param {number|string} id */
  stopJob: (id) => requestJson(`/api/jobs/${id}`, send("DELETE")),

  /** @returns {Promise<any>} roots that were indexed */
  folders: () => requestJson("/api/folders"),
};

/** Addresses of what the browser fetches by itself. */
export const urls = {
  /** @param {{id: number, playable: boolean}} row */
  media: ({ id, playable }) => (playable ? `/media/${id}` : `/media/${id}/preview.wav`),
  /** @param {number} id @param {string} name */
  file: (id, name) => `/media/${id}/file/${encodeURIComponent(name)}`,
  /** @param {string} key */
  upload: (key) => `/media/upload/${key}`,
  /** @param {number} id @param {"m3u8"|"csv"|"zip"} kind */
  playlistExport: (id, kind) => `/api/playlists/${id}/export?kind=${kind}`,
};
