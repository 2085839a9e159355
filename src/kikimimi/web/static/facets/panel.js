/** The left panel: playlists, and what the sounds of the result are, counted. */

import { api, ApiError, isAbort } from "../api/client.js";
import { iconButton } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { createPlaylistPanel } from "../playlists/panel.js";
import { store } from "../state/store.js";
import { createFolderFacet } from "./folder_facet.js";
import { createPlainFacet } from "./plain_facet.js";
import { createRangeFacet } from "./range_facet.js";
import { createTagFacet } from "./tag_facet.js";

/** The rows come first; the counts follow when nobody types on. */
const AFTER_ROWS_MS = 250;

/** What of the query is chosen here: words that are typed change nothing. @param {Readonly<import("../state/store.js").State>} state */
const chosenValues = ({ query: { text: _, ...values } }) => JSON.stringify(values);

/** @param {{onclose: () => void}} options */
export function createFacets({ onclose }) {
  const ranges = [createRangeFacet("duration"), createRangeFacet("loudness")];
  const facets = [
    createTagFacet(),
    createFolderFacet(),
    ...ranges,
    createPlainFacet("formats"),
    createPlainFacet("sample_rates_hz"),
    createPlainFacet("channels"),
  ];
  const playlists = createPlaylistPanel();
  const element = h(
    "aside",
    { class: "facets", id: "facets", "aria-label": t("facets.title") },
    h("div", { class: "panel-head" }, h("h2", null, t("facets.title")), iconButton("close", t("app.close"), onclose)),
    playlists.element,
    facets.map((facet) => facet.element),
  );
  let timer = 0;
  /** The result whose counts are shown. @type {string|null} */
  let counted = null;
  /** @type {AbortController|null} */
  let running = null;

  function stop() {
    clearTimeout(timer);
    running?.abort();
  }

  function later() {
    const { result, searching } = store.get();
    if (searching || result === counted) return;
    clearTimeout(timer);
    timer = setTimeout(load, AFTER_ROWS_MS);
  }

  async function load() {
    running?.abort();
    const { result } = store.get();
    if (result === null) return;
    const controller = new AbortController();
    running = controller;
    try {
      const counts = await api.facets(result, controller.signal);
      if (running !== controller) return;
      counted = result;
      for (const facet of facets) facet.setFacets(counts);
    } catch (error) {
      if (!isAbort(error) && !(error instanceof ApiError)) throw error;
    }
  }

  const ends = [
    store.subscribe((state) => state.query, stop),
    store.subscribe((state) => state.result, later),
    store.subscribe((state) => state.searching, later),
    store.subscribe(chosenValues, () => facets.forEach((facet) => facet.show())),
    store.subscribe((state) => state.theme, () => ranges.forEach((range) => range.redraw())),
  ];
  later();
  return {
    element,
    destroy() {
      stop();
      playlists.destroy();
      for (const end of ends) end();
    },
  };
}
