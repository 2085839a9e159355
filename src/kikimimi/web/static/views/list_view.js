/** The list route. @type {import("./registry.js").View} */
export const view = {
  mount(element) {
    element.textContent = "";
  },
  unmount() {},
};
