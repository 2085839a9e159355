/** The space route. */

import { mountSpace } from "../space/page.js";

/** @type {() => void} */
let unmountSpace = () => {};

/** @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    unmountSpace = mountSpace(element);
  },
  unmount() {
    unmountSpace();
  },
};
