/** How the spectrogram is drawn: scale of the frequencies, range of the levels, zoom in time. */

import { iconButton } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { FREQUENCY_SCALES } from "../components/frequency_scale.js";
import { wholeView, zoomed } from "../components/time_view.js";
import { t } from "../i18n/i18n.js";
import { readPreference, writePreference } from "../state/preferences.js";

/** @typedef {import("../components/frequency_scale.js").FrequencyScale} FrequencyScale */
/** @typedef {import("../components/time_view.js").TimeView} TimeView */
/** @typedef {{scale: FrequencyScale, floor_db: number, ceiling_db: number}} PictureSettings */

const KEPT_AS = "spectrogram";
const LOWEST_DB = -120;
const HIGHEST_DB = 0;
const LEAST_RANGE_DB = 10;
const SETTLE_MS = 150;
const ZOOM = 2;

/** @type {PictureSettings} */
const STANDARD = { scale: "log", floor_db: -90, ceiling_db: -10 };

/**
 * @param {{onChange: () => void, onZoom: (view: TimeView) => void, view: () => TimeView}} options
 */
export function createPictureControls({ onChange, onZoom, view }) {
  let settings = { ...STANDARD, ...readPreference(KEPT_AS, {}) };
  let settling = 0;
  /** @param {Partial<PictureSettings>} patch */
  const change = (patch) => {
    settings = { ...settings, ...patch };
    writePreference(KEPT_AS, settings);
    show();
    clearTimeout(settling);
    settling = window.setTimeout(onChange, SETTLE_MS);
  };

  const scale = h("select", { class: "field", "aria-label": t("sound.scale") }, FREQUENCY_SCALES.map((name) => h("option", { value: name }, t(`sound.scale.${name}`))));
  scale.addEventListener("change", () => change({ scale: /** @type {FrequencyScale} */ (scale.value) }));
  const reading = h("output", { class: "sound-db" });
  /** @param {"floor_db" | "ceiling_db"} name */
  const slider = (name) => {
    const input = h("input", { type: "range", min: String(LOWEST_DB), max: String(HIGHEST_DB), step: "5", "aria-label": t(`sound.${name}`), title: t(`sound.${name}`) });
    input.addEventListener("input", () => change(within({ ...settings, [name]: Number(input.value) }, name)));
    return input;
  };
  const floor = slider("floor_db");
  const ceiling = slider("ceiling_db");
  const show = () => {
    scale.value = settings.scale;
    floor.value = String(settings.floor_db);
    ceiling.value = String(settings.ceiling_db);
    reading.textContent = t("sound.db", { floor: String(settings.floor_db), ceiling: String(settings.ceiling_db) }).replaceAll("-", "−");
  };
  /** @param {number} factor */
  const zoomBy = (factor) => onZoom(zoomed(view(), factor, (view().startS + view().endS) / 2));
  const element = h(
    "div",
    { class: "sound-controls" },
    scale,
    floor,
    ceiling,
    reading,
    h("span", { class: "sound-controls-gap" }),
    iconButton("minus", t("sound.zoom.out"), () => zoomBy(ZOOM), { keys: "-" }),
    iconButton("plus", t("sound.zoom.in"), () => zoomBy(1 / ZOOM), { keys: "+" }),
    iconButton("region", t("sound.zoom.whole"), () => onZoom(wholeView(view().durationS)), { keys: "0" }),
  );
  show();
  return { element, get: () => settings };
}

/**
 * Levels in order and apart; the one that was not moved gives way.
 * @param {PictureSettings} settings
 * @param {"floor_db" | "ceiling_db"} moved
 * @returns {PictureSettings}
 */
export function within(settings, moved) {
  if (moved === "floor_db") {
    const floor_db = Math.min(settings.floor_db, HIGHEST_DB - LEAST_RANGE_DB);
    return { ...settings, floor_db, ceiling_db: Math.max(settings.ceiling_db, floor_db + LEAST_RANGE_DB) };
  }
  const ceiling_db = Math.max(settings.ceiling_db, LOWEST_DB + LEAST_RANGE_DB);
  return { ...settings, ceiling_db, floor_db: Math.min(settings.floor_db, ceiling_db - LEAST_RANGE_DB) };
}
