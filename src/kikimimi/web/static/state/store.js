/**
 * The one place of shared state. Values are replaced, never changed in place, so that a listener
 * can tell by identity whether its part is another one.
 */

import { emptyQuery } from "../query/model.js";

/**
 * @typedef {object} State
 * @property {"en"|"ja"} language
 * @property {"dark"|"light"} theme
 * @property {import("../router/route.js").Route} route
 * @property {import("../query/model.js").PageQuery} query what the user asks for
 * @property {string|null} result key of the ordered result that the server holds, null before the first
 * @property {readonly import("../api/types.js").Row[]} firstRows the first rows of that result
 * @property {number} total sounds in that result
 * @property {number|null} ms time that the server took for it
 * @property {boolean} searching an answer is on its way
 * @property {{code: string, message: string}|null} queryError why the query has no answer
 * @property {ReadonlySet<number>} selected ids of the selected sounds
 * @property {number|null} current id of the sound in focus: what the keys act on
 * @property {import("../api/types.js").Status|null} status what the library says of itself
 * @property {boolean} online the server answers
 * @property {import("../api/types.js").Job[]} jobs running or just ended
 */

/**
 * @template S
 * @typedef {object} Store
 * @property {() => Readonly<S>} get
 * @property {(patch: Partial<S>) => void} set
 * @property {<V>(selector: (state: Readonly<S>) => V, listener: (value: V, before: V) => void) => () => void} subscribe
 *   calls the listener when the selected value is another one; returns what ends that
 */

/**
 * @template {object} S
 * @param {S} initial
 * @returns {Store<S>}
 */
export function createStore(initial) {
  let state = Object.freeze({ ...initial });
  /** @type {Set<() => void>} */
  const checks = new Set();
  return {
    get: () => state,
    set(patch) {
      state = Object.freeze({ ...state, ...patch });
      for (const check of [...checks]) if (checks.has(check)) check();
    },
    subscribe(selector, listener) {
      let last = selector(state);
      const check = () => {
        const now = selector(state);
        if (Object.is(now, last)) return;
        const before = last;
        last = now;
        listener(now, before);
      };
      checks.add(check);
      return () => void checks.delete(check);
    },
  };
}

/** @returns {State} */
export function initialState() {
  return {
    language: "en",
    theme: "dark",
    route: { view: "list", id: null, query: "", sort: "rank", descending: false, space: "", first: null, second: null },
    query: emptyQuery(),
    result: null,
    firstRows: [],
    total: 0,
    ms: null,
    searching: false,
    queryError: null,
    selected: new Set(),
    current: null,
    status: null,
    online: true,
    jobs: [],
  };
}

/** @type {Store<State>} */
export const store = createStore(initialState());
