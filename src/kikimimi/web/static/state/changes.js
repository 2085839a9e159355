/** Tells the parts of the page that the library is another one, whoever changed it. */

/**
 * @typedef {object} Change
 * @property {number} revision
 * @property {("tags"|"playlists"|"sounds"|"taught")[]} what
 * @property {number[]} [sounds] ids, where they are known
 */

/** @type {Set<(change: Change) => void>} */
const listeners = new Set();

/** @param {Change} change */
export function announceChange(change) {
  for (const listener of [...listeners]) listener(change);
}

/**
 * @param {(change: Change) => void} listener
 * @returns {() => void}
 */
export function onChange(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Changes of what rows show.
 * @param {(change: Change) => void} listener
 */
export function changedSounds(listener) {
  return onChange((change) => {
    if (change.what.some((part) => part !== "playlists")) listener(change);
  });
}

/** @param {() => void} listener */
export function changedPlaylists(listener) {
  return onChange((change) => {
    if (change.what.includes("playlists")) listener();
  });
}
