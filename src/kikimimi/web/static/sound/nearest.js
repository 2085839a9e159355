/** The sounds nearest to a sound, to listen to and to go to. */

import { isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDistance, formatDuration } from "../components/format.js";
import { iconButton } from "../components/buttons.js";
import { errorText } from "../components/toast.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { player } from "../player/player.js";
import { soundAddress } from "../router/router.js";
import { rememberRows } from "../state/known_rows.js";
import { distinctTags } from "../tags/same_thing.js";
import { soundCalls } from "./calls.js";

/**
 * @param {number} id
 * @param {AbortSignal} signal
 */
export function createNearest(id, signal) {
  const list = h("ol", { class: "sound-nearest" });
  const element = h("section", { class: "sound-part" }, h("h2", null, t("sound.nearest")), list);
  const load = async () => {
    try {
      const { rows } = await soundCalls.nearest(id, signal);
      rememberRows(rows);
      replaceChildren(list, rows.map(item));
    } catch (error) {
      if (!isAbort(error)) replaceChildren(list, h("li", { class: "sound-note" }, errorText(error)));
    }
  };
  void load();
  return { element };
}

/** @param {import("../api/types.js").Row} row */
function item(row) {
  const about = [formatDuration(row.duration_s), ...distinctTags(row.tags).slice(0, 2).map(tagLabel)].join(" · ");
  return h(
    "li",
    { "data-id": row.id },
    iconButton("play", t("sound.play.one", { name: row.name }), () => void player.play(row.id), { disabled: row.missing }),
    h("a", { href: soundAddress(row.id) }, h("span", { class: "sound-near-name" }, row.name), h("small", null, about)),
    h("span", { class: "sound-near-distance" }, formatDistance(row.distance)),
  );
}
