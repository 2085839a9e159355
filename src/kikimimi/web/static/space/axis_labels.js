/** Axes, their values and their names together, as the picture, the legend and the tooltip show them. */

import { formatValue } from "../components/quantity.js";
import { axisName, axisTitle } from "./axis_names.js";
import { framed } from "./bulk.js";
import { axisTicks } from "./axis_ticks.js";
import { indexOfId, shareOfValue, valueAt } from "./payload.js";
import { NOTHING, PLACE_CHANNELS } from "./settings.js";

/** @typedef {import("./calls.js").Axis} Axis */
/** @typedef {import("./axis_store.js").AxisStore} AxisStore */
/** @typedef {import("./settings.js").Channels} Channels */
/** @typedef {{axis: Axis, values: import("./payload.js").AxisValues}} Described */

/**
 * @param {readonly Axis[]} axes
 * @param {AxisStore} values
 * @param {string | undefined} key
 * @returns {Described | null}
 */
export function described(axes, values, key) {
  const axis = axes.find((one) => one.key === key);
  const shown = values.axis(key);
  return axis && shown ? { axis, values: shown } : null;
}

/**
 * @param {Described | null} shown
 * @returns {import("./overlay.js").AxisLabels}
 */
export function labelsOf(shown) {
  if (shown === null) return { title: "", ticks: [] };
  const { axis } = shown;
  const values = framed(shown.values);
  const ticks = axisTicks(values).map((value) => ({
    at: 2 * shareOfValue(values, value) - 1,
    text: tickText(value, axis.unit),
  }));
  return { title: axisTitle(axis), ticks };
}

/**
 * A value without the unit, which the title of the axis names.
 * @param {number} value
 * @param {string} unit
 */
export function tickText(value, unit) {
  return formatValue(value, unit).replace(` ${unit}`, "").replace(" kHz", "k");
}

/**
 * What a sound has on the axes that are shown.
 * @param {readonly Axis[]} axes
 * @param {AxisStore} values
 * @param {readonly string[]} keys
 * @param {number} id
 * @returns {{name: string, value: string}[]}
 */
export function valuesOf(axes, values, keys, id) {
  const index = indexOfId(values.ids(), id);
  if (index < 0) return [];
  return keys.flatMap((key) => {
    const shown = described(axes, values, key);
    if (shown === null) return [];
    const value = valueAt(shown.values, index);
    return [{ name: axisName(shown.axis), value: value === null ? "–" : formatValue(value, shown.axis.unit) }];
  });
}

/**
 * Names of the three axes, for a description in words.
 * @param {readonly Axis[]} axes
 * @param {Channels} channels
 * @returns {Record<string, string>}
 */
export function placeNames(axes, channels) {
  return Object.fromEntries(
    PLACE_CHANNELS.map((channel) => {
      const axis = axes.find(({ key }) => key === (channels[channel] ?? NOTHING));
      return [channel, axis ? axisName(axis) : ""];
    }),
  );
}
