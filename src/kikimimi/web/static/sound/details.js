/** What is known of a sound and its file: measures, playlists, file, metadata of production. */

import { isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { hasMessage, t } from "../i18n/i18n.js";
import { changeQuery } from "../query/actions.js";
import { emptyQuery } from "../query/model.js";
import { navigate } from "../router/router.js";
import { soundCalls } from "./calls.js";
import { formatMeasure, formatSize, metadataSections } from "./detail_values.js";

/** @typedef {import("../api/types.js").Sound} Sound */

/**
 * @param {Sound} sound
 * @param {AbortSignal} signal
 */
export function createDetails(sound, signal) {
  const measures = Object.entries(sound.measures).map(([key, value]) => ({ name: word("sound.measure", key), value: formatMeasure(key, value) }));
  const file = [
    { name: t("sound.file.size"), value: formatSize(sound.size_bytes) },
    { name: t("sound.file.added"), value: sound.added_at ? sound.added_at.slice(0, 10) : "" },
    { name: t("sound.file.folder"), value: sound.folder },
  ];
  const playlists = h("ul", { class: "sound-playlists" });
  const metadata = h("div", null);
  const element = h(
    "div",
    { class: "sound-details" },
    measures.length > 0 && part(t("sound.measures"), table(measures)),
    part(t("sound.playlists"), playlists),
    metadata,
    part(t("sound.file"), table(file)),
  );
  /** @param {Sound} changed */
  const showPlaylists = (changed) => {
    const items = changed.playlists.map(({ id, name }) => h("li", null, h("button", { class: "sound-more", type: "button", onclick: () => openPlaylist(id) }, name)));
    replaceChildren(playlists, items.length > 0 ? items : h("li", { class: "sound-note" }, t("sound.playlists.none")));
  };
  showPlaylists(sound);

  const load = async () => {
    try {
      const sections = metadataSections(await soundCalls.metadata(sound.id, signal));
      const parts = sections.map(({ name, entries }) =>
        part(word("sound.meta", name), table(entries.map((entry) => ({ name: word(`sound.meta.${name}`, entry.name), value: entry.value })))),
      );
      replaceChildren(metadata, parts);
    } catch (error) {
      // A file that is gone has no metadata to show; the page says that it is missing.
      if (!isAbort(error)) replaceChildren(metadata);
    }
  };
  void load();
  return { element, showPlaylists };
}

/** @param {number} id */
function openPlaylist(id) {
  changeQuery({ ...emptyQuery(), playlist: id });
  navigate({ view: "list" });
}

/** @param {string} title @param {HTMLElement} content */
function part(title, content) {
  return h("section", { class: "sound-part" }, h("h2", null, title), content);
}

/** @param {{name: string, value: string}[]} rows */
function table(rows) {
  return h("dl", { class: "sound-table" }, rows.filter(({ value }) => value !== "").flatMap(({ name, value }) => [h("dt", null, name), h("dd", null, value)]));
}

/**
 * A word of the page for a name of the server, which is shown as it is where there is none.
 * @param {string} prefix
 * @param {string} name
 */
function word(prefix, name) {
  const key = `${prefix}.${name}`;
  return hasMessage(key) ? t(key) : name.replaceAll("_", " ");
}
