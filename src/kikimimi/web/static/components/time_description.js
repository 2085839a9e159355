/** What a screen reader says of a picture of a sound over time. */

import { formatTime } from "./time_view.js";

/**
 * Set the values of a slider; only what changed is touched, since screen readers speak up at that.
 * @param {HTMLElement} element with the role slider
 * @param {Readonly<import("./time_surface.js").SurfaceState>} state
 */
export function describeTime(element, { view, region, playheadS }) {
  const position = playheadS ?? 0;
  const text = [formatTime(position, 1), "/", formatTime(view.durationS, 1)];
  if (region !== null) text.push(`[${formatTime(region.startS)} – ${formatTime(region.endS)}]`);
  const values = {
    "aria-valuemin": "0",
    "aria-valuemax": view.durationS.toFixed(2),
    "aria-valuenow": position.toFixed(1),
    "aria-valuetext": text.join(" "),
  };
  for (const [name, value] of Object.entries(values)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}
