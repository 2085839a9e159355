/** What one browser remembers of its user, in localStorage; a blocked storage only forgets. */

const PREFIX = "kikimimi.";

/**
 * @template V
 * @param {string} key
 * @param {V} fallback also the shape that is expected: another type of value is not taken
 * @returns {V}
 */
export function readPreference(key, fallback) {
  try {
    const value = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
    const fits = typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
    return value !== null && fits ? value : fallback;
  } catch {
    return fallback;
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
export function writePreference(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the page works on without a memory.
  }
}
