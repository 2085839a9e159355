/** Level, spectrogram and events over the same stretch of time, one below the other. */

import { createCanvasLayer } from "../components/canvas_layer.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { stripOf, wallClock } from "./axes.js";
import { createHappeningPainter } from "./event_lane.js";
import { drawLevels } from "./level_lane.js";
import { createSpectrumPainter } from "./spectrum_lane.js";
import { formatDb } from "./words.js";

/** @param {import("./model.js").Model} model */
export function createPictures(model) {
  const { known } = model;
  const shown = { spanS: 120, endS: 0, held: false };
  const paintSpectrum = createSpectrumPainter();
  const paintHappenings = createHappeningPainter();
  const level = h("div", { class: "live-lane live-level", role: "img" });
  const spectrum = h("div", { class: "live-lane live-spectrum", role: "img" });
  const events = h("div", { class: "live-lane live-events", role: "img", "aria-label": t("live.events.picture") });
  const colours = h("small", null);

  /** @param {number} width */
  const strip = (width) => stripOf(shown, width);
  /** @param {{at_s: number}} one */
  const isShown = ({ at_s }) => at_s > shown.endS - shown.spanS && at_s <= shown.endS + 1;
  const layers = [
    createCanvasLayer(level, (context, size) => {
      const alertsAt = known.alerts.filter(({ sound }) => sound === known.sound).map(({ onset_s }) => onset_s);
      drawLevels(context, size, { strip: strip(size.width), levels: known.levels.filter(isShown), alertsAt });
    }),
    createCanvasLayer(spectrum, (context, size) => {
      if (known.ring === null || known.started === null) return;
      const { floorDb, ceilingDb } = paintSpectrum(context, size, { strip: strip(size.width), ring: known.ring, bandsHz: known.started.bands_hz });
      const text = t("live.range", { floor: String(floorDb).replace("-", "−"), ceiling: String(ceilingDb).replace("-", "−") });
      if (colours.textContent !== text) colours.textContent = text;
    }),
    createCanvasLayer(events, (context, size) => {
      if (known.now === null) return;
      const happenings = [...known.happenings.values()].filter(({ sound }) => sound === known.sound);
      paintHappenings(context, size, { strip: strip(size.width), happenings, clock: wallClock(known.now) });
    }),
  ];

  function describe() {
    const levels = known.levels.filter(isShown);
    const last = levels.at(-1);
    const most = formatDb(Math.max(...levels.map(({ LAFmax }) => LAFmax)));
    level.setAttribute("aria-label", last ? t("live.level.picture", { now: formatDb(last.LAeq), most }) : t("live.level"));
    spectrum.setAttribute("aria-label", t(known.keepsAudio ? "live.spectrum" : "live.spectrum.coarse"));
  }

  const redraw = () => layers.forEach((layer) => layer.redraw());
  describe();
  return {
    element: h(
      "div",
      { class: "live-pictures" },
      laneName(t("live.level"), h("small", null, t("live.level.legend"))),
      level,
      laneName(t("live.spectrum"), colours),
      spectrum,
      laneName(t("live.events")),
      events,
    ),
    /** The highest LAFmax of what is shown; null where nothing is. */
    most: () => {
      const levels = known.levels.filter(isShown).map(({ LAFmax }) => LAFmax);
      return levels.length ? Math.max(...levels) : null;
    },
    /** There is news, or something else is to be shown. */
    refresh() {
      if (!shown.held) shown.endS = model.endS();
      describe();
      redraw();
    },
    /** @param {number} spanS */
    setSpan(spanS) {
      shown.spanS = spanS;
      this.refresh();
    },
    /** @param {boolean} held */
    hold(held) {
      shown.held = held;
      this.refresh();
    },
    destroy: () => layers.forEach((layer) => layer.destroy()),
  };
}

/** @param {string} name @param {...HTMLElement} beside */
function laneName(name, ...beside) {
  return h("div", { class: "live-lane-name" }, h("h2", null, name), beside);
}
