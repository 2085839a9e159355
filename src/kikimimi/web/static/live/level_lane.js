/** Levels over time: LAeq of each second as an area, its LAFmax as a line of steps above. */

import { themeColour } from "../components/theme_colours.js";
import { GUTTER, levelRange, levelTicks, xOf } from "./axes.js";
import { drawText, drawVertical } from "./canvas_text.js";

/** @typedef {import("./calls.js").Level} Level */
/** @typedef {import("./axes.js").Strip} Strip */

const LONGEST_JOIN_S = 1.5;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../components/canvas_layer.js").Size} size
 * @param {{strip: Strip, levels: readonly Level[], alertsAt: readonly number[]}} shown levels within the strip
 */
export function drawLevels(context, { width, height }, { strip, levels, alertsAt }) {
  const range = levelRange(levels);
  const yOf = (/** @type {number} */ db) => height - 1 - ((db - range.low) / (range.high - range.low)) * (height - 10);
  for (const db of levelTicks(range, height - 10)) {
    context.fillStyle = themeColour("--line");
    context.fillRect(GUTTER, Math.round(yOf(db)), width - GUTTER, 1);
    drawText(context, String(db).replace("-", "−"), GUTTER - 6, Math.min(height - 7, Math.max(7, yOf(db))), { align: "right" });
  }
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, width - GUTTER, height);
  context.clip();
  const seconds = levels.map(({ at_s, LAeq, LAFmax }) => ({
    from: xOf(strip, at_s - 1),
    to: xOf(strip, at_s) + 0.5,
    mean: Math.min(height, yOf(LAeq)),
    most: Math.min(height - 1, yOf(LAFmax)),
  }));
  context.fillStyle = themeColour("--wave");
  for (const { from, to, mean } of seconds) context.fillRect(from, mean, to - from, height - mean);
  drawSteps(context, seconds, levels);
  for (const atS of alertsAt) drawAlert(context, xOf(strip, atS), height);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {readonly {from: number, to: number, most: number}[]} seconds
 * @param {readonly Level[]} levels
 */
function drawSteps(context, seconds, levels) {
  context.strokeStyle = themeColour("--accent");
  context.lineWidth = 1.5;
  context.beginPath();
  seconds.forEach(({ from, to, most }, at) => {
    const joins = at > 0 && levels[at].at_s - levels[at - 1].at_s < LONGEST_JOIN_S;
    if (joins) context.lineTo(from, most);
    else context.moveTo(from, most);
    context.lineTo(to, most);
  });
  context.stroke();
}

/**
 * A flag: told apart by its shape, not by its colour alone.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} height
 */
function drawAlert(context, x, height) {
  const colour = themeColour("--danger");
  drawVertical(context, x, height, colour, [3, 3]);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x + 9, 4.5);
  context.lineTo(x, 9);
  context.fill();
}
