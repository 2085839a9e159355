/** Names of keys: as the keymap has them, and as people read them. Pure. */

/**
 * The name of a pressed key. Shift is named only where it does not change the sign by itself.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const letter = key.length === 1 && /\p{L}/u.test(key);
  const shift = shiftKey && (key.length > 1 || letter);
  const name = letter ? (shift ? key.toUpperCase() : key.toLowerCase()) : key;
  return `${ctrlKey || metaKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${name}`;
}

/** @type {Record<string, string>} */
const SHOWN = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
  PageDown: "PgDn",
  PageUp: "PgUp",
  ContextMenu: "Menu",
};

/**
 * The caps to draw for a key, such as Ctrl and Z.
 * @param {string} name
 * @param {{mac?: boolean}} [options]
 * @returns {string[]}
 */
export function keyCaps(name, { mac = false } = {}) {
  const parts = name === "+" ? ["+"] : name.split("+");
  return parts.map((part) => {
    if (part === "Ctrl" && mac) return "⌘";
    return SHOWN[part] ?? (part.length === 1 ? part.toUpperCase() : part);
  });
}
