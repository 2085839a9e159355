/** The route where sounds are made. */

import { mountMaking } from "../making/page.js";

/** @type {() => void} */
let unmountMaking = () => {};

/** @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    unmountMaking = mountMaking(element);
  },
  unmount() {
    unmountMaking();
  },
};
