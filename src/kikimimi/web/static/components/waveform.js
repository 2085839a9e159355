/**
 * A waveform with playhead and region.
 *
 *     const waveform = createWaveform(host, { label: t("player.waveform"), onSeek, onRegion });
 *     waveform.setSound(await api.overview(id, 2000), row.duration_s);
 *     player.onTime((timeS) => waveform.setPlayhead(timeS));
 *
 * `host` needs a height of its own; it gets the focus and the keys (see `time_surface.js`). Colours
 * come from the CSS properties --wave, --wave-played, --accent and --text.
 */

import { createCanvasLayer, token } from "./canvas_layer.js";
import { describeTime } from "./time_description.js";
import { drawMarks } from "./time_marks.js";
import { createTimeSurface } from "./time_surface.js";
import { wholeView, xAt } from "./time_view.js";
import { columnPeaks, pictureGain } from "./waveform_peaks.js";

/** @typedef {import("./time_region.js").TimeRegion} TimeRegion */
/** @typedef {import("./time_view.js").TimeView} TimeView */

/**
 * @typedef {object} Waveform
 * @property {(pairs: Int8Array, durationS: number) => void} setSound another sound: view, region
 *   and playhead start anew
 * @property {(pairs: Int8Array) => void} setPairs the same sound in finer steps
 * @property {(timeS: number | null) => void} setPlayhead
 * @property {(region: TimeRegion | null) => void} setRegion
 * @property {(view: TimeView) => void} setView
 * @property {() => TimeRegion | null} region
 * @property {() => TimeView} view
 * @property {() => void} destroy
 */

/**
 * @param {HTMLElement} host
 * @param {object} options
 * @param {string} options.label for screen readers
 * @param {(timeS: number) => void} [options.onSeek]
 * @param {(region: TimeRegion | null, done: boolean) => void} [options.onRegion]
 * @param {(view: TimeView) => void} [options.onView]
 * @param {boolean} [options.zoomable]
 * @param {boolean} [options.fillHeight] show a quiet sound as tall as a loud one
 * @returns {Waveform}
 */
export function createWaveform(host, options) {
  const { label, onSeek, onRegion, onView, zoomable = false, fillHeight = false } = options;
  /** @type {Int8Array} */
  let pairs = new Int8Array(0);
  let gain = 1;
  host.classList.add("time-canvas");
  host.tabIndex = 0;
  host.setAttribute("role", "slider");
  host.setAttribute("aria-label", label);

  const picture = createCanvasLayer(host, (context, { width, height, ratio }) => {
    const { view, playheadS } = surface.state();
    const columns = Math.round(width * ratio);
    const peaks = columnPeaks(pairs, view, columns);
    const playedTo = playheadS === null ? 0 : xAt(view, playheadS, columns);
    const played = token(host, "--wave-played", "#4aa3ff");
    const plain = token(host, "--wave", "#8a94a3");
    context.setTransform(1, 0, 0, ratio, 0, 0);
    for (let column = 0; column < columns; column++) {
      context.fillStyle = column < playedTo ? played : plain;
      const top = ((1 - Math.min(peaks[2 * column + 1] * gain, 1)) / 2) * height;
      const bottom = ((1 - Math.max(peaks[2 * column] * gain, -1)) / 2) * height;
      context.fillRect(column, Math.min(top, height / 2 - 0.5), 1, Math.max(bottom - top, 1));
    }
  });
  const marks = createCanvasLayer(host, (context, size) => {
    const colours = { accent: token(host, "--accent", "#4aa3ff"), text: token(host, "--text", "#fff") };
    drawMarks(context, size, surface.state(), colours);
  });
  const surface = createTimeSurface(host, {
    onSeek,
    onRegion,
    onView,
    zoomable,
    changed: () => refresh(),
  });
  let drawn = { view: surface.state().view, column: -1 };

  const refresh = () => {
    const { view, playheadS } = surface.state();
    const { width, ratio } = picture.size();
    const column = playheadS === null ? -1 : Math.round(xAt(view, playheadS, width * ratio));
    if (view !== drawn.view || column !== drawn.column) picture.redraw();
    drawn = { view, column };
    marks.redraw();
    describeTime(host, surface.state());
  };

  return {
    setSound(newPairs, durationS) {
      [pairs, gain] = [newPairs, fillHeight ? pictureGain(newPairs) : 1];
      surface.update({ view: wholeView(durationS), region: null, playheadS: null });
      picture.redraw();
    },
    setPairs(newPairs) {
      [pairs, gain] = [newPairs, fillHeight ? pictureGain(newPairs) : 1];
      picture.redraw();
    },
    setPlayhead: (playheadS) => surface.update({ playheadS }),
    setRegion: (region) => surface.update({ region }),
    setView: (view) => surface.update({ view }),
    region: () => surface.state().region,
    view: () => surface.state().view,
    destroy() {
      surface.destroy();
      picture.destroy();
      marks.destroy();
    },
  };
}
