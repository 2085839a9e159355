/** The route that shows what a listener hears. */

import { mountLive, mountNone } from "../live/page.js";
import { store } from "../state/store.js";

/** @type {() => void} */
let unmountLive = () => {};
/** @type {() => void} */
let unwatch = () => {};

/** @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    const show = () => {
      unmountLive();
      const { status } = store.get();
      unmountLive = status === null ? () => {} : status.is_live ? mountLive(element) : mountNone(element);
    };
    // a server that is started again may have a listener, or have none any more
    unwatch = store.subscribe(({ status }) => status?.is_live, show);
    show();
  },
  unmount() {
    unwatch();
    unmountLive();
    unmountLive = () => {};
  },
};
