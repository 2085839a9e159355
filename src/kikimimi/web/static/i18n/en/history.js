/** @type {import("../i18n.js").Messages} */
export const history = {
  "history.undo": "Undo",
  "history.redo": "Redo",
  "history.undo.what": "Undo: {change}",
  "history.redo.what": "Redo: {change}",
  "history.undone": "Undone: {change}",
  "history.redone": "Done again: {change}",
  "history.other": "change ({kind})",
};
