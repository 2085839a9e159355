/** Searching by a sound that is not in the library: sent to the server, then an example as any other. */

import { api, ApiError } from "../api/client.js";
import { errorText, toast } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { addExample, findSimilar } from "./actions.js";
import { rememberUpload } from "./uploads.js";

/**
 * @param {File} file
 * @param {{add?: boolean}} [options] add: to the examples that are there, instead of in their place
 */
export async function searchByFile(file, { add = false } = {}) {
  toast(t("query.uploading", { name: file.name }));
  try {
    const upload = await api.upload(file, file.name);
    rememberUpload({ ...upload, name: upload.name || file.name });
    const example = { upload: upload.upload, weight: /** @type {const} */ (1) };
    if (add) addExample(example);
    else findSimilar(example);
    return upload;
  } catch (error) {
    toast(uploadError(error, file.name), { kind: "error" });
    return null;
  }
}

/**
 * @param {unknown} error
 * @param {string} name
 */
function uploadError(error, name) {
  if (!(error instanceof ApiError)) return errorText(error);
  if (error.status === 413) return t("query.upload.too-large", { name, message: error.message });
  if (error.status === 415) return t("query.upload.unreadable", { name, message: error.message });
  return errorText(error);
}
