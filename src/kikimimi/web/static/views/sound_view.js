/** The sound route. */

import { mountSound } from "../sound/page.js";
import { store } from "../state/store.js";

/** @type {() => void} */
let unmountSound = () => {};

/** @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    const { id } = store.get().route;
    if (id !== null) unmountSound = mountSound(element, id);
  },
  unmount() {
    unmountSound();
  },
};
