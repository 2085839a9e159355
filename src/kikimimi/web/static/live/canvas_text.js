/** Small words on the pictures of a listener. */

import { themeColour } from "../components/theme_colours.js";

const FONT = "11px system-ui, sans-serif";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y of the middle
 * @param {{align?: CanvasTextAlign, colour?: string}} [options]
 */
export function drawText(context, text, x, y, { align = "left", colour = themeColour("--text-soft") } = {}) {
  context.font = FONT;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** @param {CanvasRenderingContext2D} context @param {string} text */
export function textWidth(context, text) {
  context.font = FONT;
  return context.measureText(text).width;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} height
 * @param {string} colour
 * @param {number[]} [dashes]
 */
export function drawVertical(context, x, height, colour, dashes = []) {
  context.save();
  context.strokeStyle = colour;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, height);
  context.stroke();
  context.restore();
}
