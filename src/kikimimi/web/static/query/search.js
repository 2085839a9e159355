/**
 * Asks the server whenever the query or the library changes; only the newest answer counts.
 *
 * While the answer to one question is awaited, the newest of those that follow waits: a server that
 * is asked for each letter at once would be late with the last one.
 */

import { api, ApiError, isAbort } from "../api/client.js";
import { PAGE_ROWS } from "../list/pages.js";
import { store } from "../state/store.js";
import { toRequest } from "./model.js";

/** An answer that takes longer is given up for another question. */
const PATIENCE_MS = 1000;

/** @type {{query: import("./model.js").PageQuery, abort: AbortController, since: number}|null} */
let running = null;
let isStale = false;
let timer = 0;

/** Ask now and after every change of the query. */
export function startSearch() {
  store.subscribe((state) => state.query, () => search());
  search();
}

/** Ask again: the query or the library is another one, or the server had lost its list. */
export function search() {
  clearTimeout(timer);
  store.set({ searching: true });
  if (!running) return void ask();
  isStale = true;
  // The same question again, as while a folder is being indexed, must not keep it from its answer.
  if (running.query === store.get().query) return;
  timer = setTimeout(ask, running.since + PATIENCE_MS - performance.now());
}

async function ask() {
  running?.abort.abort();
  const { query } = store.get();
  const mine = { query, abort: new AbortController(), since: performance.now() };
  running = mine;
  isStale = false;
  clearTimeout(timer);
  const news = await answerTo(query, mine.abort.signal);
  if (running !== mine) return;
  running = null;
  const again = isStale;
  if (again && query !== store.get().query) return void ask();
  // A new query begins without a selection; the same query on a changed library keeps it.
  const begins = news.result !== undefined && query !== answered;
  if (begins) answered = query;
  const { selected } = store.get();
  store.set({ ...news, selected: begins && selected.size ? new Set() : selected, searching: again });
  if (again && !running) void ask();
}

/** @type {import("./model.js").PageQuery|null} */
let answered = null;

/**
 * @param {import("./model.js").PageQuery} query
 * @param {AbortSignal} signal
 * @returns {Promise<Partial<import("../state/store.js").State>>}
 */
async function answerTo(query, signal) {
  try {
    const { result, rows, total, ms } = await api.results(toRequest(query), { rows: PAGE_ROWS, signal });
    return { result, firstRows: rows, total, ms, queryError: null };
  } catch (error) {
    if (isAbort(error)) return {};
    if (!(error instanceof ApiError)) throw error;
    // Before the first folder there is no library to ask; the list shows how to begin.
    const isFault = error.code !== "no_library";
    return { queryError: isFault ? { code: error.code, message: error.message } : null };
  }
}
