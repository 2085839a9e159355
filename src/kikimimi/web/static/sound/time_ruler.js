/** Times along the pictures of a sound. */

import { createCanvasLayer, token } from "../components/canvas_layer.js";
import { formatTime, tickDecimals, timeTicks, wholeView, xAt } from "../components/time_view.js";

/**
 * @param {HTMLElement} host
 * @returns {import("./timeline.js").Part & {destroy: () => void}}
 */
export function createTimeRuler(host) {
  let view = wholeView(0);
  const layer = createCanvasLayer(host, (context, { width }) => {
    context.fillStyle = token(host, "--text-soft", "#999");
    context.font = `11px ${token(host, "--font", "sans-serif")}`;
    context.textBaseline = "middle";
    const decimals = tickDecimals(view);
    for (const time of timeTicks(view, width)) {
      const x = Math.round(xAt(view, time, width));
      context.fillRect(x, 0, 1, 4);
      const text = formatTime(time, decimals);
      const half = context.measureText(text).width / 2;
      context.fillText(text, Math.min(Math.max(x - half, 0), width - 2 * half), 11);
    }
  });
  return {
    setView(newView) {
      view = newView;
      layer.redraw();
    },
    setRegion() {},
    setPlayhead() {},
    destroy: layer.destroy,
  };
}
