/** Duration and loudness: a range over a histogram. */

import { formatDuration } from "../components/format.js";
import { t } from "../i18n/i18n.js";
import { changeQuery } from "../query/actions.js";
import { store } from "../state/store.js";
import { createRangeSlider } from "./range_slider.js";
import { linearScale, logScale, readable } from "./scales.js";
import { createSection } from "./section.js";

/** @typedef {{facet: "duration"|"loudness", min: "min_duration_s"|"min_loudness_lufs", max: "max_duration_s"|"max_loudness_lufs", scale: import("./scales.js").Scale, format: (value: number) => string, round: (value: number) => number}} Kind */

/** @type {Record<"duration"|"loudness", Kind>} */
const KINDS = {
  duration: {
    facet: "duration",
    min: "min_duration_s",
    max: "max_duration_s",
    scale: logScale(0.05, 3600),
    format: formatDuration,
    round: (value) => readable(value, 2),
  },
  loudness: {
    facet: "loudness",
    min: "min_loudness_lufs",
    max: "max_loudness_lufs",
    scale: linearScale(-60, 0),
    format: (value) => `${value} LUFS`.replace("-", "−"),
    round: Math.round,
  },
};

/** @param {"duration"|"loudness"} name */
export function createRangeFacet(name) {
  const { facet, min, max, scale, format, round } = KINDS[name];
  const slider = createRangeSlider({
    label: t(`facets.${name}`),
    scale,
    format,
    round,
    onchange: (low, high) => changeQuery({ [min]: low, [max]: high }),
  });
  const show = () => slider.setRange(store.get().query[min], store.get().query[max]);
  return {
    element: createSection(name, t(`facets.${name}`), {}, slider.element),
    /** @param {import("../api/types.js").Facets} facets */
    setFacets(facets) {
      slider.setHistogram(facets[facet]);
      show();
    },
    show,
    redraw: slider.redraw,
  };
}
