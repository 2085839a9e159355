/** Sounds that were dropped or recorded: what they are called, as long as the tab is open. */

/** @typedef {import("../api/types.js").Upload} Upload */

const KEY = "kikimimi.uploads";
const KEPT = 50;

/** @type {Map<string, Upload>} */
const uploads = new Map(read());

/** @returns {[string, Upload][]} */
function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {Upload} upload */
export function rememberUpload(upload) {
  uploads.set(upload.upload, upload);
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...uploads].slice(-KEPT)));
  } catch {
    // Without storage the name is lost on reload; the search itself is not.
  }
}

/** @param {string} key */
export function knownUpload(key) {
  return uploads.get(key) ?? null;
}
