/** Colours of the space, from the theme of the page. */

import { ground, token } from "../components/canvas_layer.js";
import { colourMap } from "../components/colour_maps.js";

/**
 * @param {import("./stage.js").Stage} stage
 * @param {HTMLElement} host
 * @param {string} map name of the colour map
 */
export function paintStage(stage, host, map) {
  stage.cloud.setColours({
    ground: token(host, "--ground", "#101315"),
    line: token(host, "--line", "#333333"),
    none: token(host, "--line-strong", "#777777"),
    chosen: token(host, "--space-chosen", "#ff7a59"),
  });
  stage.cloud.setColourMap(colourMap(map, ground()));
  stage.touch();
}

/**
 * @param {HTMLElement} host
 * @returns {import("./overlay.js").OverlayColours}
 */
export function labelColours(host) {
  const colour = (/** @type {string} */ name) => token(host, name, "#888888");
  return {
    text: colour("--text"),
    soft: colour("--text-soft"),
    accent: colour("--accent"),
    ground: colour("--ground"),
    font: token(host, "--font", "sans-serif"),
  };
}
