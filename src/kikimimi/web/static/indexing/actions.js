/** Beginning to index. */

import { api, ApiError } from "../api/client.js";
import { errorText } from "../components/toast.js";
import { store } from "../state/store.js";

/**
 * @param {string} folder absolute
 * @returns {Promise<string|null>} why it cannot be indexed, null when it began
 */
export async function indexFolder(folder) {
  try {
    const { job } = await api.index([folder.trim().replace(/(?<=.)[/\\]+$/, "")]);
    if (job && typeof job === "object") store.set({ jobs: [job, ...store.get().jobs.filter(({ id }) => id !== job.id)] });
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return errorText(error);
  }
}
