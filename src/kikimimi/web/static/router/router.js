/** Keeps the store's route and the address bar the same. */

import { store } from "../state/store.js";
import { formatRoute, parseRoute } from "./route.js";

/** @typedef {import("./route.js").Route} Route */

/** Take the address that the page was opened with, and follow the back button from now on. */
export function startRouter() {
  const follow = () => store.set({ route: parseRoute(location.hash) });
  addEventListener("hashchange", follow);
  follow();
}

/**
 * Go to another place; what the patch leaves out stays as it is.
 * @param {Partial<Route>} patch
 * @param {{replace?: boolean}} [options] replace: without a step for the back button
 */
export function navigate(patch, { replace = false } = {}) {
  const route = { ...store.get().route, ...patch };
  const hash = formatRoute(route);
  if (hash === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", hash);
  store.set({ route: parseRoute(hash) });
}

/**
 * @param {number} id
 * @returns {string} address of a sound's page that keeps the query
 */
export function soundAddress(id) {
  return formatRoute({ ...store.get().route, view: "sound", id });
}
