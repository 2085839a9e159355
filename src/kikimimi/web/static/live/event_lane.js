/** What was heard as bars with names, and the time below. */

import { themeColour } from "../components/theme_colours.js";
import { GUTTER, timeTicks, xOf } from "./axes.js";
import { placeBars } from "./bars.js";
import { drawText, textWidth } from "./canvas_text.js";
import { keyOf } from "./model.js";
import { soundName } from "./words.js";

/** @typedef {import("./calls.js").Happening} Happening */
/** @typedef {import("./axes.js").Strip} Strip */
/** @typedef {import("./bars.js").Place} Place */

const ROW = 20;
const LEAST_BAR = 4;
const PAD = 5;
const AXIS = 18;

/**
 * Keeps what it drew in its place until the size or the stretch of time is another one.
 * @returns {(context: CanvasRenderingContext2D, size: import("../components/canvas_layer.js").Size,
 *   shown: {strip: Strip, happenings: readonly Happening[], clock: import("./axes.js").WallClock}) => void}
 */
export function createHappeningPainter() {
  /** @type {Map<string, Place>} */
  let places = new Map();
  let scale = "";
  return (context, { width, height }, { strip, happenings, clock }) => {
    drawTimes(context, strip, clock, width, height);
    const rows = Math.max(1, Math.floor((height - AXIS) / ROW));
    const now = `${width} ${rows} ${strip.endS - strip.startS}`;
    if (scale !== now) places = new Map();
    scale = now;
    const bars = happenings
      .map((one) => barOf(context, strip, one))
      .filter(({ to, from }) => to >= GUTTER && from <= width)
      .sort((a, b) => a.from - b.from);
    places = placeBars(bars, { places, rows, end: width });
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, width - GUTTER, height);
    context.clip();
    for (const bar of bars) {
      const place = places.get(bar.key);
      if (place) drawBar(context, bar, place);
    }
    context.restore();
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Strip} strip
 * @param {Happening} one
 */
function barOf(context, strip, one) {
  const text = one.kind === "anomaly" ? `! ${soundName(one)}` : soundName(one);
  const from = xOf(strip, one.onset_s);
  const to = Math.max(from + LEAST_BAR, xOf(strip, one.onset_s + one.duration_s));
  return { key: keyOf(one), from, to, wide: textWidth(context, text) + 2 * PAD, text, isAnomaly: one.kind === "anomaly" };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ReturnType<typeof barOf>} bar
 * @param {Place} place
 */
function drawBar(context, { from, to, wide, text, isAnomaly }, { row, side }) {
  const y = row * ROW;
  const colour = themeColour(isAnomaly ? "--warning" : "--accent");
  context.fillStyle = themeColour(isAnomaly ? "--warning-ground" : "--accent-ground");
  context.fillRect(from, y + 2, to - from, ROW - 5);
  context.save();
  context.strokeStyle = colour;
  if (isAnomaly) context.setLineDash([3, 2]);
  context.strokeRect(from + 0.5, y + 2.5, Math.max(1, to - from - 1), ROW - 6);
  context.restore();
  // the name of a long one stays in sight while its beginning leaves it
  const inside = Math.min(Math.max(from, GUTTER), Math.max(from, to - wide)) + PAD;
  const x = { inside, after: to + PAD, before: from - PAD }[side];
  drawText(context, text, x, y + ROW / 2 + 0.5, {
    align: side === "before" ? "right" : "left",
    colour: side === "inside" ? colour : themeColour("--text"),
  });
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
