/** What colours and sizes mean, and how many sounds have no value on the axes. */

import { ground } from "../components/canvas_layer.js";
import { colourMap, cssColour, POINT_MAPS } from "../components/colour_maps.js";
import { h, replaceChildren } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { axisTicks } from "./axis_ticks.js";
import { tickText } from "./axis_labels.js";
import { axisName, axisTitle } from "./axis_names.js";
import { spread } from "./bulk.js";
import { shareOfValue } from "./payload.js";

const STOPS = 16;
/** Labels nearer to each other, as a share of the width, would touch. */
const APART = 0.17;

/**
 * @typedef {object} LegendContent
 * @property {{axis: import("./calls.js").Axis, values: import("./payload.js").AxisValues} | null} colour
 * @property {{axis: import("./calls.js").Axis, values: import("./payload.js").AxisValues} | null} size
 * @property {string} map
 * @property {number} missing sounds without a value on x, y or z
 * @property {number} beyond sounds outside of the frame
 */

/**
 * @param {{onMap: (map: string) => void}} options
 * @returns {{element: HTMLElement, show: (content: LegendContent) => void}}
 */
export function createLegend({ onMap }) {
  const element = h("div", { class: "space-legend" });
  return {
    element,
    show({ colour, size, map, missing, beyond }) {
      replaceChildren(
        element,
        colour && colourScale(colour, map, onMap),
        size && h("p", { class: "space-legend-note" }, t("space.legend.size", { axis: axisName(size.axis) })),
        missing > 0 && h("p", { class: "space-legend-note" }, t("space.legend.missing", { count: missing })),
        beyond > 0 && h("p", { class: "space-legend-note" }, t("space.legend.beyond", { count: beyond })),
      );
    },
  };
}

/**
 * @param {NonNullable<LegendContent["colour"]>} colour
 * @param {string} map
 * @param {(map: string) => void} onMap
 */
function colourScale({ axis, values }, map, onMap) {
  const colours = colourMap(map, ground());
  const stops = Array.from({ length: STOPS }, (_, i) => cssColour(colours, i / (STOPS - 1)));
  const next = POINT_MAPS[(POINT_MAPS.indexOf(map) + 1) % POINT_MAPS.length];
  const ticks = legendTicks(spread(values)).map(({ value, at }) =>
    h("span", { class: "space-legend-tick", style: { "inset-inline-start": `${100 * at}%` } }, tickText(value, axis.unit)),
  );
  return h(
    "div",
    { class: "space-legend-scale" },
    h("div", { class: "space-legend-title" }, axisTitle(axis)),
    h("button", {
      class: "space-legend-bar",
      type: "button",
      title: t("space.legend.map"),
      "aria-label": t("space.legend.map"),
      style: { "background-image": `linear-gradient(to right, ${stops.join(", ")})` },
      onclick: () => onMap(next),
    }),
    h("div", { class: "space-legend-ticks" }, ticks),
  );
}

/**
 * @param {import("./payload.js").AxisValues} values
 * @returns {{value: number, at: number}[]} `at` 0 to 1
 */
function legendTicks(values) {
  /** @type {{value: number, at: number}[]} */
  const kept = [];
  for (const value of axisTicks(values, 4)) {
    const at = shareOfValue(values, value);
    if (at >= (kept.at(-1)?.at ?? -1) + APART) kept.push({ value, at });
  }
  return kept;
}
