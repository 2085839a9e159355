/** Asks the server whenever the query or the library changes; only the newest answer counts. */

import { api, ApiError, isAbort } from "../api/client.js";
import { store } from "../state/store.js";
import { toRequest } from "./model.js";

/** @type {AbortController|null} */
let running = null;

/** Ask now and after every change of the query. */
export function startSearch() {
  store.subscribe((state) => state.query, () => search());
  search();
}

/** Ask again: the library is another one, or the server had lost its list. */
export async function search() {
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const { query } = store.get();
  store.set({ searching: true });
  try {
    const answer = await api.results(toRequest(query), controller.signal);
    if (running !== controller) return;
    store.set({ ...answerState(query, answer), searching: false, queryError: null });
  } catch (error) {
    if (isAbort(error) || running !== controller) return;
    if (!(error instanceof ApiError)) throw error;
    // Before the first folder there is no library to ask; the list shows how to begin.
    const isFault = error.code !== "no_library";
    store.set({ searching: false, queryError: isFault ? { code: error.code, message: error.message } : null });
  }
}

/** @type {import("./model.js").PageQuery|null} */
let answered = null;

/**
 * A new query begins without a selection; the same query on a changed library keeps it.
 * @param {import("./model.js").PageQuery} query
 * @param {import("../api/types.js").ResultKey} answer
 */
function answerState(query, { result, total, ms }) {
  const isNew = query !== answered;
  answered = query;
  return { result, total, ms, ...(isNew ? { selected: new Set() } : {}) };
}
