/** To the sound before and after this one in the current result. */

import { api, ApiError, isAbort } from "../api/client.js";
import { iconButton } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { resultIds } from "../list/result_ids.js";
import { player } from "../player/player.js";
import { navigate } from "../router/router.js";
import { store } from "../state/store.js";

/** @param {number} id */
export function createResultSteps(id) {
  /** @type {number | null} */
  let offset = null;
  const place = h("span", { class: "sound-place" });
  const before = iconButton("previous", t("sound.previous"), () => void step(-1), { keys: "k", disabled: true });
  const after = iconButton("next", t("sound.next"), () => void step(1), { keys: "j", disabled: true });
  const element = h("nav", { class: "sound-steps", "aria-label": t("sound.steps") }, before, place, after);

  const find = async () => {
    const { result } = store.get();
    if (result === null) return;
    try {
      ({ offset } = await api.place(result, id));
    } catch (error) {
      // Without its place the page still shows the sound; only the steps are off.
      if (!(error instanceof ApiError) && !isAbort(error)) throw error;
      offset = null;
    }
    const { total } = store.get();
    before.disabled = offset === null || offset === 0;
    after.disabled = offset === null || offset >= total - 1;
    place.textContent = offset === null ? "" : t("sound.place", { place: offset + 1, total });
  };
  /** @param {1 | -1} by */
  const step = async (by) => {
    const next = offset === null ? undefined : (await resultIds())[offset + by];
    if (next === undefined) return;
    navigate({ view: "sound", id: next }, { replace: true });
    void player.play(next);
  };
  void find();
  return {
    element,
    /** @param {1 | -1} by */
    step: (by) => void step(by),
    destroy: store.subscribe((state) => state.result, () => void find()),
  };
}
