/** Which sounds are drawn: the whole library, or those of the current result. */

import { api } from "../api/client.js";
import { toastError } from "../components/toast.js";
import { store } from "../state/store.js";
import { indexOfId } from "./payload.js";

/**
 * @param {object} options
 * @param {() => "library" | "result"} options.wanted
 * @param {() => void} options.onScope the result is another one
 */
export function createScope({ wanted, onScope }) {
  const end = store.subscribe((state) => state.result, () => {
    if (wanted() === "result") onScope();
  });
  return {
    /**
     * @param {Uint32Array} ids of all sounds, ascending
     * @returns {Promise<Uint8Array | null>} 1 for each sound to draw; null for all
     */
    async indices(ids) {
      const { result, total } = store.get();
      if (wanted() === "library" || result === null || total >= ids.length) return null;
      try {
        const kept = new Uint8Array(ids.length);
        for (const id of await api.ids(result)) {
          const index = indexOfId(ids, id);
          if (index >= 0) kept[index] = 1;
        }
        return kept;
      } catch (error) {
        toastError(error);
        return null;
      }
    },
    destroy: end,
  };
}
