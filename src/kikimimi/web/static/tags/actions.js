/** Changes of tags on the selection, with a line that says what was done and undoes it. */

import { api, ApiError } from "../api/client.js";
import { toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { toastChange } from "../shell/history.js";
import { tagName } from "./labels.js";

/** @typedef {"add"|"remove"|"accept"|"reject"} Action */

/**
 * @param {Action} action
 * @param {import("../api/types.js").Sounds} sounds
 * @param {string} name
 * @param {number} count of sounds, for the message
 */
export async function changeTag(action, sounds, name, count) {
  try {
    const changed = await api.changeTag(action, sounds, name);
    toastChange(t(`tags.done.${action}`, { tag: tagName(name), count }), changed);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toastError(error);
    return false;
  }
}
