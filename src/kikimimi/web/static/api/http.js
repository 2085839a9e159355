/** One request to the server: JSON or bytes in, and every failure as an ApiError. */

/** What went wrong: `code` picks the words of the page, `message` is the server's own line. */
export class ApiError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} status HTTP status, 0 when no server answered
   */
  constructor(code, message, status) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }
}

/** @type {Set<() => void>} */
const lossListeners = new Set();

/**
 * @param {() => void} listener called whenever no server answered
 * @returns {() => void}
 */
export function onServerLost(listener) {
  lossListeners.add(listener);
  return () => void lossListeners.delete(listener);
}

/** The server asks for a token where it is open to other machines; it comes with the address. */
const token = new URLSearchParams(globalThis.location?.search ?? "").get("token");

/**
 * @typedef {object} Options
 * @property {string} [method]
 * @property {unknown} [json] sent as JSON
 * @property {BodyInit} [body] sent as it is
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>}
 * @throws {ApiError}
 */
export async function request(path, { method = "GET", json, body, headers = {}, signal } = {}) {
  const sent = { ...headers };
  if (json !== undefined) sent["Content-Type"] = "application/json";
  if (token) sent["Authorization"] = `Bearer ${token}`;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: json === undefined ? body : JSON.stringify(json),
      signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    for (const listener of lossListeners) listener();
    throw new ApiError("offline", String(error), 0);
  }
  if (!response.ok) throw await failure(response);
  return response;
}

/** @param {Response} response */
async function failure(response) {
  try {
    const { error } = await response.json();
    return new ApiError(error.code, error.message, response.status);
  } catch {
    return new ApiError("server", response.statusText || String(response.status), response.status);
  }
}

/**
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function requestJson(path, options) {
  const response = await request(path, options);
  return response.status === 204 ? null : response.json();
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
