/** @type {import("../i18n.js").Messages} */
export const player = {};
