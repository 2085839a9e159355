/** What one sound is: file, length, level, playlists. */

import { h, replaceChildren } from "../components/dom.js";
import { formatDuration, formatLoudness, formatRate } from "../components/format.js";
import { t } from "../i18n/i18n.js";
import { openPlaylist } from "../playlists/actions.js";
import { soundAddress } from "../router/router.js";

/** @typedef {import("../api/types.js").Sound} Sound */

export function createFacts() {
  const element = h("div", { class: "facts" });

  /** @param {Sound|null} sound */
  function show(sound) {
    element.hidden = sound === null;
    if (!sound) return;
    const kind = [sound.format, sound.subtype, `${formatRate(sound.sample_rate_hz)}Hz`, t("query.chip.channels", { count: sound.channels })];
    const rows = [
      fact("tags.fact.duration", formatDuration(sound.duration_s)),
      fact("tags.fact.kind", kind.filter(Boolean).join(" · ")),
      fact("tags.fact.loudness", `${formatLoudness(sound.loudness_lufs)} LUFS`),
      fact("tags.fact.path", h("span", { class: "fact-path" }, sound.path)),
      sound.playlists.length ? fact("tags.fact.playlists", sound.playlists.map(playlistLink)) : null,
    ];
    replaceChildren(element, h("dl", null, rows.flat()), h("a", { class: "facts-open", href: soundAddress(sound.id) }, t("list.menu.open")));
  }
  return { element, show };
}

/**
 * @param {string} key
 * @param {string|Node|Node[]} value
 */
function fact(key, value) {
  return [h("dt", null, t(key)), h("dd", null, value)];
}

/** @param {{id: number, name: string}} playlist */
function playlistLink({ id, name }) {
  return h("button", { class: "link", type: "button", onclick: () => openPlaylist(id) }, name);
}
