/** The ids of a result in order, fetched once when somebody needs more than the rows that are seen. */

import { api } from "../api/client.js";
import { store } from "../state/store.js";

/** @type {{result: string, ids: Promise<Uint32Array>}|null} */
let held = null;

/** @returns {Promise<Uint32Array>} */
export function resultIds() {
  const { result } = store.get();
  if (result === null) return Promise.resolve(new Uint32Array());
  if (held?.result !== result) {
    const mine = { result, ids: api.ids(result) };
    held = mine;
    mine.ids.catch(() => {
      if (held === mine) held = null;
    });
  }
  return held.ids;
}
