/** What can be done with sounds, wherever they are shown: by a key, a menu or a button. */

import { api } from "../api/client.js";
import { errorText, toast, toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { addExample, findSimilar } from "../query/actions.js";
import { navigate } from "../router/router.js";
import { store } from "../state/store.js";

/** The sounds that a command is for: the selection, or else the sound in focus. */
export function targetIds() {
  const { selected, current } = store.get();
  if (selected.size > 0) return [...selected];
  return current === null ? [] : [current];
}

/** @param {number} id @param {{start_s: number, end_s: number}|null} [region] */
export function similarTo(id, region = null) {
  findSimilar({ sound: id, weight: 1, ...region });
}

/** @param {Iterable<number>} ids @param {1|-1} weight */
export function weigh(ids, weight) {
  const most = 8;
  for (const id of [...ids].slice(0, most)) addExample({ sound: id, weight });
}

/** @param {number} id */
export function openSound(id) {
  navigate({ view: "sound", id });
}

/**
 * Make sounds of a sound; of two where just two are selected.
 * @param {number} id
 */
export function makeFrom(id) {
  const others = [...store.get().selected].filter((other) => other !== id);
  navigate({ view: "make", first: id, second: others.length === 1 ? others[0] : null });
}

/** @param {number} id */
export async function copyPath(id) {
  try {
    const { path } = await api.sound(id);
    await navigator.clipboard.writeText(path);
    toast(t("list.path.copied", { path }));
  } catch (error) {
    toastError(error);
  }
}

/** @param {number} id */
export async function reveal(id) {
  try {
    await api.reveal(id);
  } catch (error) {
    toast(errorText(error), { kind: "error", action: { label: t("list.menu.copy-path"), run: () => copyPath(id) } });
  }
}
