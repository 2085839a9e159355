/**
 * Every key of the page, in one table; the keyboard looks here and the help dialog shows it.
 *
 * @typedef {object} Binding
 * @property {string[]} keys as `keyName` gives them; Ctrl is also Cmd
 * @property {string} action what a part of the page offers to do; `keys.<action>` is its description
 * @property {"keys.group.listen"|"keys.group.choose"|"keys.group.search"|"keys.group.tags"|"keys.group.page"|"keys.group.space"|"keys.group.sound"|"keys.group.live"} group
 * @property {boolean} [local] what has the focus takes the key itself; the table only tells of it
 */

/** @type {readonly Binding[]} */
export const KEYMAP = [
  { keys: ["ArrowDown", "j"], action: "list.down", group: "keys.group.listen" },
  { keys: ["ArrowUp", "k"], action: "list.up", group: "keys.group.listen" },
  { keys: [" "], action: "player.toggle", group: "keys.group.listen" },
  { keys: ["Escape"], action: "page.escape", group: "keys.group.listen" },
  { keys: ["l"], action: "player.loop", group: "keys.group.listen" },
  { keys: ["m"], action: "player.match", group: "keys.group.listen" },
  { keys: ["n"], action: "player.through", group: "keys.group.listen" },
  { keys: ["Shift+ArrowDown", "Shift+J"], action: "list.extend-down", group: "keys.group.choose" },
  { keys: ["Shift+ArrowUp", "Shift+K"], action: "list.extend-up", group: "keys.group.choose" },
  { keys: ["PageDown"], action: "list.page-down", group: "keys.group.choose" },
  { keys: ["PageUp"], action: "list.page-up", group: "keys.group.choose" },
  { keys: ["Home"], action: "list.first", group: "keys.group.choose" },
  { keys: ["End"], action: "list.last", group: "keys.group.choose" },
  { keys: ["Ctrl+a"], action: "list.all", group: "keys.group.choose" },
  { keys: ["Enter"], action: "list.open", group: "keys.group.choose" },
  { keys: ["Shift+F10", "ContextMenu"], action: "list.menu", group: "keys.group.choose" },
  { keys: ["/", "Ctrl+k"], action: "query.focus", group: "keys.group.search" },
  { keys: ["s"], action: "query.similar", group: "keys.group.search" },
  { keys: ["+", "="], action: "query.plus", group: "keys.group.search" },
  { keys: ["-"], action: "query.minus", group: "keys.group.search" },
  { keys: ["r"], action: "query.record", group: "keys.group.search" },
  { keys: ["t"], action: "tags.add", group: "keys.group.tags" },
  { keys: ["a"], action: "tags.accept", group: "keys.group.tags" },
  { keys: ["x"], action: "tags.reject", group: "keys.group.tags" },
  { keys: ["p"], action: "playlists.add", group: "keys.group.tags" },
  { keys: ["Alt+ArrowUp"], action: "list.earlier", group: "keys.group.tags" },
  { keys: ["Alt+ArrowDown"], action: "list.later", group: "keys.group.tags" },
  { keys: ["Delete"], action: "list.remove", group: "keys.group.tags" },
  { keys: ["Ctrl+z"], action: "history.undo", group: "keys.group.page" },
  { keys: ["Ctrl+Shift+Z", "Ctrl+y"], action: "history.redo", group: "keys.group.page" },
  { keys: ["f"], action: "page.facets", group: "keys.group.page" },
  { keys: ["i"], action: "page.inspector", group: "keys.group.page" },
  { keys: ["?"], action: "page.help", group: "keys.group.page" },
  { keys: ["ArrowLeft", "ArrowUp"], action: "space.turn", group: "keys.group.space", local: true },
  { keys: ["+", "-"], action: "space.zoom", group: "keys.group.space", local: true },
  { keys: ["0"], action: "space.home", group: "keys.group.space", local: true },
  { keys: ["Tab"], action: "space.near", group: "keys.group.space", local: true },
  { keys: ["h"], action: "live.hold", group: "keys.group.live" },
  { keys: ["["], action: "live.less", group: "keys.group.live" },
  { keys: ["]"], action: "live.more", group: "keys.group.live" },
  { keys: ["ArrowLeft", "ArrowRight"], action: "time.move", group: "keys.group.sound", local: true },
  { keys: ["Shift+ArrowLeft", "Shift+ArrowRight"], action: "time.region", group: "keys.group.sound", local: true },
  { keys: ["+", "-", "0"], action: "time.zoom", group: "keys.group.sound", local: true },
];
