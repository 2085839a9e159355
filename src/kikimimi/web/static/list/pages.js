/** Rows of a result, fetched page by page around what is seen and forgotten far from it. */

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {{rows: Row[]|null, abort: AbortController, used: number}} Page */

export const PAGE_ROWS = 100;
const PAGES_KEPT = 40;
/** A page is fetched when the rows that are seen come so near to it. */
const ROWS_AHEAD = 60;

/**
 * @typedef {object} RowPages
 * @property {(index: number) => Row|null} row null while it is on its way
 * @property {(first: number, end: number, direction: number) => void} want
 *   fetch these rows and those that come next in the direction of scrolling; stop fetching what was passed
 * @property {(change: (row: Row) => Row) => void} update change the rows that are held
 * @property {() => void} refresh fetch the pages that are held anew, showing the old rows until then
 * @property {() => void} destroy
 */

/**
 * @param {object} options
 * @param {readonly Row[]} [options.first] the first page, where it has come already
 * @param {number} options.total
 * @param {(page: {offset: number, limit: number, signal: AbortSignal}) => Promise<{rows: Row[]}>} options.fetch
 * @param {(first: number, end: number) => void} options.onrows called when rows [first, end) are there
 * @param {(error: unknown) => void} options.onerror not called for what was stopped
 * @returns {RowPages}
 */
export function createPages({ first: firstRows = [], total, fetch, onrows, onerror }) {
  /** @type {Map<number, Page>} */
  const pages = new Map();
  let clock = 0;
  if (firstRows.length) pages.set(0, { rows: [...firstRows], abort: new AbortController(), used: ++clock });

  /** @param {number} number */
  async function load(number) {
    const abort = new AbortController();
    const page = { rows: pages.get(number)?.rows ?? null, abort, used: ++clock };
    pages.set(number, page);
    const offset = number * PAGE_ROWS;
    try {
      const { rows } = await fetch({ offset, limit: PAGE_ROWS, signal: abort.signal });
      if (pages.get(number) !== page) return;
      page.rows = rows;
      onrows(offset, offset + rows.length);
    } catch (error) {
      if (pages.get(number) !== page) return;
      pages.delete(number);
      if (!abort.signal.aborted) onerror(error);
    }
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  function forgetFarFrom(first, last) {
    for (const [number, page] of pages) {
      if (page.rows === null && (number < first - 1 || number > last + 1)) {
        pages.delete(number);
        page.abort.abort();
      }
    }
    const oldest = [...pages].filter(([, page]) => page.rows).sort(([, a], [, b]) => a.used - b.used);
    for (const [number] of oldest.slice(0, Math.max(0, oldest.length - PAGES_KEPT))) pages.delete(number);
  }

  return {
    row(index) {
      return pages.get(Math.floor(index / PAGE_ROWS))?.rows?.[index % PAGE_ROWS] ?? null;
    },
    want(first, end, direction) {
      if (total === 0) return;
      const lastPage = Math.floor((total - 1) / PAGE_ROWS);
      const from = Math.floor(first / PAGE_ROWS);
      const to = Math.min(lastPage, Math.floor(Math.max(first, end - 1) / PAGE_ROWS));
      forgetFarFrom(from, to);
      for (let number = from; number <= to; number += 1) touch(number);
      const ahead = Math.floor((direction < 0 ? first - ROWS_AHEAD : end + ROWS_AHEAD) / PAGE_ROWS);
      if (ahead >= 0 && ahead <= lastPage) touch(ahead);
    },
    update(change) {
      for (const page of pages.values()) if (page.rows) page.rows = page.rows.map(change);
    },
    refresh() {
      for (const number of [...pages.keys()]) void load(number);
    },
    destroy() {
      for (const page of pages.values()) page.abort.abort();
      pages.clear();
    },
  };

  /** @param {number} number */
  function touch(number) {
    const page = pages.get(number);
    if (page) page.used = ++clock;
    else void load(number);
  }
}
