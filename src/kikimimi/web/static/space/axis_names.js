/** How axes are named and grouped in the menus, in the chosen language. */

import { t } from "../i18n/i18n.js";
import { store } from "../state/store.js";

/** @typedef {import("./calls.js").Axis} Axis */

/** Groups in the order of the menu. @type {readonly Axis["kind"][]} */
export const KINDS = Object.freeze(["umap", "pca", "ica", "measure", "tag"]);

/** @param {Axis} axis */
export function axisName(axis) {
  return (store.get().language === "ja" ? axis.label_ja : axis.label_en) || axis.key;
}

/** @param {Axis} axis */
export function axisDescription(axis) {
  return (store.get().language === "ja" ? axis.description_ja : axis.description_en) || "";
}

/** @param {Axis} axis @returns {string} name and unit, as the axis is labelled */
export function axisTitle(axis) {
  const log = axis.scale === "log" ? t("space.axis.log") : "";
  const beside = [axis.unit, log].filter(Boolean).join(", ");
  return beside ? `${axisName(axis)} (${beside})` : axisName(axis);
}

/**
 * Axes whose name, key or description holds all the words.
 * @param {readonly Axis[]} axes
 * @param {string} text
 * @returns {Axis[]}
 */
export function matchingAxes(axes, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return axes.filter((axis) => {
    const held = [axis.key, axis.label_en, axis.label_ja, axis.description_en, axis.description_ja];
    const all = held.join(" ").toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
