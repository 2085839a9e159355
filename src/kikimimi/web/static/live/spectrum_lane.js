/** The running spectrogram. */

import { ground } from "../components/canvas_layer.js";
import { colourMap } from "../components/colour_maps.js";
import { formatHertz, frequencyTicks, shareOf } from "../components/frequency_scale.js";
import { paint } from "../components/spectrogram_image.js";
import { themeColour } from "../components/theme_colours.js";
import { GUTTER, xOf } from "./axes.js";
import { drawText } from "./canvas_text.js";
import { spectrumPicture } from "./spectrum_ring.js";

/**
 * Draws on a canvas of its own first, which is then stretched.
 * @returns {(context: CanvasRenderingContext2D, size: import("../components/canvas_layer.js").Size,
 *   shown: {strip: import("./axes.js").Strip, ring: import("./spectrum_ring.js").SpectrumRing, bandsHz: readonly number[]}) => {floorDb: number, ceilingDb: number}}
 */
export function createSpectrumPainter() {
  const bitmap = document.createElement("canvas");
  return (context, { width, height }, { strip, ring, bandsHz }) => {
    const range = ring.range();
    const picture = spectrumPicture(ring, { ...range, startS: strip.startS, endS: strip.endS, columns: strip.width });
    if (bitmap.width !== picture.columns) bitmap.width = picture.columns;
    if (bitmap.height !== picture.rows) bitmap.height = picture.rows;
    const pixels = paint(picture.levels, colourMapOf(ground()));
    for (let at = 0; at < picture.levels.length; at++) {
      if (!picture.known[at % picture.columns]) pixels[4 * at + 3] = 0;
    }
    bitmap.getContext("2d")?.putImageData(new ImageData(pixels, picture.columns, picture.rows), 0, 0);
    const [left, right] = [xOf(strip, picture.startS), xOf(strip, picture.endS)];
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, width - GUTTER, height);
    context.clip();
    context.imageSmoothingEnabled = picture.rows > height / 8;
    context.drawImage(bitmap, left, 0, right - left, height);
    context.restore();
    drawFrequencies(context, height, { minHz: bandsHz[0], maxHz: bandsHz[bandsHz.length - 1], scale: "log" });
    return range;
  };
}

/** @type {Map<string, Uint8Array>} */
const maps = new Map();

/** @param {"dark"|"light"} theme */
function colourMapOf(theme) {
  const map = maps.get(theme) ?? colourMap("image", theme);
  maps.set(theme, map);
  return map;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} height
 * @param {import("../components/frequency_scale.js").FrequencyAxis} axis
 */
function drawFrequencies(context, height, axis) {
  for (const hz of frequencyTicks(axis, height, 26)) {
    const y = height - shareOf(axis, hz) * height;
    if (y < 8 || y > height - 8) continue;
    context.fillStyle = themeColour("--line-strong");
    context.fillRect(GUTTER - 4, Math.round(y), 4, 1);
    drawText(context, formatHertz(hz), GUTTER - 6, y, { align: "right" });
  }
}
