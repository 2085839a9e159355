/**
 * Every key of the page, in one table; the help dialog shows it.
 *
 * @typedef {object} Binding
 * @property {string[]} keys as `KeyboardEvent.key`, with "Ctrl+", "Shift+" and "Alt+" before; Ctrl is also Cmd
 * @property {string} action
 * @property {string} group key of the group's name in the help
 * @property {"list"|"space"|"sound"} [view] only there
 */

/** @type {Binding[]} */
export const KEYMAP = [];
