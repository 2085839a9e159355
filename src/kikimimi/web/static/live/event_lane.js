/** What was heard as bars with names, and the time below. */

import { themeColour } from "../components/theme_colours.js";
import { GUTTER, rowsOf, timeTicks, xOf } from "./axes.js";
import { drawText, textWidth } from "./canvas_text.js";
import { soundName } from "./words.js";

/** @typedef {import("./calls.js").Happening} Happening */
/** @typedef {import("./axes.js").Strip} Strip */

const ROW = 20;
const LEAST_BAR = 4;
const PAD = 5;
const AXIS = 18;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../components/canvas_layer.js").Size} size
 * @param {{strip: Strip, happenings: readonly Happening[], clock: import("./axes.js").WallClock}} shown
 */
export function drawHappenings(context, { width, height }, { strip, happenings, clock }) {
  drawTimes(context, strip, clock, width, height);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, width - GUTTER, height);
  context.clip();
  const bars = happenings
    .map((one) => barOf(context, strip, one, width))
    .filter(({ to, from }) => to >= GUTTER && from <= width)
    .sort((a, b) => a.first - b.first);
  const rows = rowsOf(bars.map(({ first, last }) => ({ from: first, to: last })), Math.max(1, Math.floor((height - AXIS) / ROW)));
  bars.forEach((bar, at) => rows[at] >= 0 && drawBar(context, bar, rows[at] * ROW));
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Strip} strip
 * @param {Happening} one
 * @param {number} end of the picture
 */
function barOf(context, strip, one, end) {
  const text = one.kind === "anomaly" ? `! ${soundName(one)}` : soundName(one);
  const from = xOf(strip, one.onset_s);
  const to = Math.max(from + LEAST_BAR, xOf(strip, one.onset_s + one.duration_s));
  const wide = textWidth(context, text) + 2 * PAD;
  const inside = to - Math.max(from, GUTTER) >= wide;
  const before = !inside && to + wide > end;
  const [first, last] = inside ? [from, to + 2] : before ? [from - wide, to + 2] : [from, to + wide];
  return { from, to, first, last, text, inside, before, isAnomaly: one.kind === "anomaly" };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ReturnType<typeof barOf>} bar
 * @param {number} y
 */
function drawBar(context, { from, to, text, inside, before, isAnomaly }, y) {
  const colour = themeColour(isAnomaly ? "--warning" : "--accent");
  context.fillStyle = themeColour(isAnomaly ? "--warning-ground" : "--accent-ground");
  context.fillRect(from, y + 2, to - from, ROW - 5);
  context.save();
  context.strokeStyle = colour;
  if (isAnomaly) context.setLineDash([3, 2]);
  context.strokeRect(from + 0.5, y + 2.5, Math.max(1, to - from - 1), ROW - 6);
  context.restore();
  const x = inside ? Math.max(from, GUTTER) + PAD : before ? from - PAD : to + PAD;
  drawText(context, text, x, y + ROW / 2 + 0.5, { align: before ? "right" : "left", colour: inside ? colour : themeColour("--text") });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Strip} strip
 * @param {import("./axes.js").WallClock} clock
 * @param {number} width
 * @param {number} height
 */
function drawTimes(context, strip, clock, width, height) {
  for (const { atS, text } of timeTicks(strip, clock)) {
    const x = xOf(strip, atS);
    context.fillStyle = themeColour("--line-strong");
    context.fillRect(Math.round(x), height - AXIS, 1, 4);
    const half = textWidth(context, text) / 2;
    if (x - half >= GUTTER && x + half <= width) drawText(context, text, x, height - 7, { align: "center" });
  }
}
