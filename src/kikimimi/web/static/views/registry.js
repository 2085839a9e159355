/** Which module shows which route; a view is loaded when it is first opened. */

/**
 * @typedef {object} View
 * @property {(element: HTMLElement) => void} mount
 * @property {() => void} unmount
 */

/** @type {Readonly<Record<"list"|"space"|"sound"|"make"|"live", () => Promise<{view: View}>>>} */
export const views = {
  list: () => import("./list_view.js"),
  space: () => import("./space_view.js"),
  sound: () => import("./sound_view.js"),
  make: () => import("./make_view.js"),
  live: () => import("./live_view.js"),
};
