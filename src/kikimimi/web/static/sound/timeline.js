/** View, region and playhead that all pictures of one sound share. */

import { wholeView } from "../components/time_view.js";

/** @typedef {import("../components/time_view.js").TimeView} TimeView */
/** @typedef {import("../components/time_region.js").TimeRegion} TimeRegion */

/**
 * @typedef {object} Part one picture
 * @property {(view: TimeView) => void} setView
 * @property {(region: TimeRegion | null) => void} setRegion
 * @property {(timeS: number | null) => void} setPlayhead
 */

/**
 * @param {number} durationS
 * @param {{onSeek: (timeS: number) => void, onRegion: (region: TimeRegion | null) => void}} listeners
 */
export function createTimeline(durationS, { onSeek, onRegion }) {
  /** @type {Set<Part>} */
  const parts = new Set();
  /** @type {Set<(view: TimeView) => void>} */
  const viewers = new Set();
  let view = wholeView(durationS);
  /** @type {TimeRegion | null} */
  let region = null;

  const timeline = {
    /** What each picture is made with, so that it tells the others. */
    listeners: {
      onSeek,
      /** @param {TimeRegion | null} newRegion @param {boolean} done */
      onRegion(newRegion, done) {
        region = newRegion;
        for (const part of parts) part.setRegion(newRegion);
        if (done) onRegion(newRegion);
      },
      /** @param {TimeView} newView */
      onView(newView) {
        view = newView;
        for (const part of parts) part.setView(newView);
        for (const viewer of viewers) viewer(newView);
      },
    },
    view: () => view,
    region: () => region,
    /** @param {Part} part */
    add: (part) => void parts.add(part),
    /** @param {(view: TimeView) => void} viewer told of each new view */
    watch: (viewer) => void viewers.add(viewer),
    /** @param {number | null} timeS */
    setPlayhead(timeS) {
      for (const part of parts) part.setPlayhead(timeS);
    },
  };
  return timeline;
}

/** @typedef {ReturnType<typeof createTimeline>} Timeline */
