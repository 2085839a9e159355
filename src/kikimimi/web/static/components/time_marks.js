/** The lines and the tint that say where the playhead, the pointer and the region are. */

import { xAt } from "./time_view.js";

/**
 * Draw them over a picture of a sound.
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {Readonly<import("./time_surface.js").SurfaceState>} state
 * @param {{accent: string, text: string}} colours
 */
export function drawMarks(context, { width, height }, { view, region, playheadS, pointerS }, colours) {
  if (region !== null) {
    const [left, right] = [xAt(view, region.startS, width), xAt(view, region.endS, width)];
    context.fillStyle = colours.accent;
    context.globalAlpha = 0.2;
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    for (const x of [left, right]) context.fillRect(Math.round(x) - 1, 0, 2, height);
  }
  if (pointerS !== null) {
    context.fillStyle = colours.text;
    context.globalAlpha = 0.35;
    context.fillRect(Math.round(xAt(view, pointerS, width)), 0, 1, height);
    context.globalAlpha = 1;
  }
  if (playheadS !== null) {
    context.fillStyle = colours.text;
    context.fillRect(Math.round(xAt(view, playheadS, width)) - 1, 0, 2, height);
  }
}
