/** What stands in the cells of a row. A cell is made once and filled again for each row it shows. */

import { formatDistance, formatDuration, formatLoudness, formatRate, shortFolder } from "../components/format.js";
import { h, replaceChildren } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { themeColour } from "../components/theme_colours.js";
import { decodeOverview } from "../components/waveform_peaks.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { distinctTags } from "../tags/same_thing.js";
import { drawThumbnail } from "./thumbnail.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {{element: HTMLElement, fill: (row: Row|null) => void}} Cell */

const THUMBNAIL = { width: 192, height: 52 };

/** @type {Record<import("./columns.js").ColumnKey, () => Cell>} */
const MAKERS = {
  wave: makeWave,
  name: makeName,
  folder: () => textCell((row) => shortFolder(row.folder, 1), (row) => row.folder),
  duration: () => textCell((row) => formatDuration(row.duration_s)),
  rate: () => textCell((row) => formatRate(row.sample_rate_hz)),
  channels: () => textCell((row) => String(row.channels)),
  format: () => textCell((row) => row.format),
  tags: makeTags,
  loudness: () => textCell((row) => formatLoudness(row.loudness_lufs)),
  distance: () => textCell((row) => formatDistance(row.distance)),
};

/**
 * @param {import("./columns.js").Column} column
 * @param {number} number aria-colindex
 * @returns {Cell}
 */
export function makeCell(column, number) {
  const cell = MAKERS[column.key]();
  cell.element.classList.add("cell");
  cell.element.dataset.column = column.key;
  if (column.end) cell.element.classList.add("cell-end");
  cell.element.setAttribute("role", "gridcell");
  cell.element.setAttribute("aria-colindex", String(number));
  return cell;
}

/**
 * @param {(row: Row) => string} text
 * @param {(row: Row) => string} [title]
 * @returns {Cell}
 */
function textCell(text, title) {
  const element = h("div", null);
  return {
    element,
    fill(row) {
      element.textContent = row ? text(row) : "";
      if (title) element.title = row ? title(row) : "";
    },
  };
}

/** @returns {Cell} */
function makeName() {
  const name = h("span", { class: "name-text" });
  const missing = h("span", { class: "badge", "data-kind": "warning" }, t("list.missing"));
  const element = h("div", null, name, missing);
  return {
    element,
    fill(row) {
      name.textContent = row ? row.name : "";
      element.title = row ? row.name : "";
      element.classList.toggle("loading", !row);
      missing.hidden = !row?.missing;
    },
  };
}

/** @returns {Cell} */
function makeWave() {
  const canvas = h("canvas", { class: "thumbnail", ...THUMBNAIL, "aria-hidden": "true" });
  const element = h("div", null, canvas);
  /** @type {string|null} */
  let drawn = null;
  return {
    element,
    fill(row) {
      const overview = row?.overview ?? null;
      const colour = themeColour("--wave");
      const state = overview && colour + overview;
      if (state === drawn) return;
      drawn = state;
      drawThumbnail(canvas, decodeOverview(overview), colour);
    },
  };
}

/** @returns {Cell} */
function makeTags() {
  const element = h("div", null);
  return {
    element,
    fill(row) {
      const tags = distinctTags(row?.tags ?? []).slice(0, 4);
      replaceChildren(element, tags.map(tagChip));
      element.title = tags.map(tagLabel).join(", ");
    },
  };
}

/** @param {import("../api/types.js").Tag} tag */
function tagChip(tag) {
  const own = tag.source === "user";
  return h("span", { class: "tag", "data-source": tag.source }, own ? icon("check") : null, tagLabel(tag));
}
