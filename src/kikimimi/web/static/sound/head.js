/** Name, place and figures of a sound, and what can be done with it. */

import { button } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { formatDuration, formatRate } from "../components/format.js";
import { formatTime } from "../components/time_view.js";
import { t } from "../i18n/i18n.js";
import { copyPath, reveal, similarTo } from "../list/actions.js";
import { player } from "../player/player.js";
import { navigate } from "../router/router.js";

/** @typedef {import("../components/time_region.js").TimeRegion} TimeRegion */

/**
 * @param {import("../api/types.js").Sound} sound
 * @param {{region: () => TimeRegion | null}} timeline
 */
export function createHead(sound, timeline) {
  const { id, name, path, duration_s, sample_rate_hz, channels, format, subtype, missing } = sound;
  const figures = [formatDuration(duration_s), `${formatRate(sample_rate_hz)}Hz`, t("sound.channels", { count: channels }), subtype ? `${format} ${subtype}` : format];
  const play = () => {
    const region = timeline.region();
    void player.play(id, region ? { start_s: region.startS, end_s: region.endS } : {});
  };
  const similar = () => {
    const region = timeline.region();
    similarTo(id, region && { start_s: toMilliseconds(region.startS), end_s: toMilliseconds(region.endS) });
  };
  const similarLabel = h("span", { class: "sound-region", role: "status" });
  const element = h(
    "div",
    { class: "sound-title" },
    h("h1", null, name),
    h("p", { class: "sound-path", title: path }, path),
    h("ul", { class: "sound-figures" }, figures.map((figure) => h("li", null, figure)), missing ? h("li", { class: "sound-missing" }, t("sound.missing")) : null),
    h(
      "div",
      { class: "sound-actions" },
      button(t("sound.play"), play, { kind: "primary", icon: "play", disabled: missing }),
      button(t("sound.similar"), similar, { icon: "similar" }),
      button(t("sound.space"), () => navigate({ view: "space" }), { icon: "open" }),
      button(t("sound.copy"), () => void copyPath(id), { icon: "copy" }),
      button(t("sound.reveal"), () => void reveal(id), { icon: "folder", disabled: missing }),
      similarLabel,
    ),
  );
  return {
    element,
    /** @param {TimeRegion | null} region */
    showRegion(region) {
      const words = region && t("sound.region", { start: formatTime(region.startS), end: formatTime(region.endS) });
      similarLabel.textContent = words ?? "";
    },
  };
}

/** @param {number} timeS @returns {number} as finely as anybody hears, and short in an address */
function toMilliseconds(timeS) {
  return Math.round(1000 * timeS) / 1000;
}
