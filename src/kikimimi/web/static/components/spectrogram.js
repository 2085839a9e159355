/**
 * A spectrogram with frequency labels, playhead and region.
 *
 *     const spectrogram = createSpectrogram(host, { label, onSeek, onRegion, onView, zoomable: true });
 *     spectrogram.setDuration(row.duration_s);
 *     spectrogram.setImage(imageFrom(body, response.headers, "log"));
 *
 * `host` needs a height of its own; it gets the focus and the keys (see `time_surface.js`). An
 * image may show any stretch of the sound; what the view shows beyond it stays empty until the
 * caller, told by `onView`, brings another.
 */

import { createCanvasLayer, ground, token, watchAppearance } from "./canvas_layer.js";
import { colourMap } from "./colour_maps.js";
import { formatHertz, frequencyTicks, hertzAt, shareOf } from "./frequency_scale.js";
import { paint } from "./spectrogram_image.js";
import { describeTime } from "./time_description.js";
import { drawMarks } from "./time_marks.js";
import { createTimeSurface } from "./time_surface.js";
import { formatTime, wholeView, xAt } from "./time_view.js";

/** @typedef {import("./time_region.js").TimeRegion} TimeRegion */
/** @typedef {import("./time_view.js").TimeView} TimeView */
/** @typedef {import("./spectrogram_image.js").SpectrogramImage} SpectrogramImage */

/**
 * @typedef {object} Spectrogram
 * @property {(durationS: number) => void} setDuration another sound: everything starts anew
 * @property {(image: SpectrogramImage | null) => void} setImage
 * @property {(timeS: number | null) => void} setPlayhead
 * @property {(region: TimeRegion | null) => void} setRegion
 * @property {(view: TimeView) => void} setView
 * @property {() => TimeView} view
 * @property {() => TimeRegion | null} region
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
 * @param {boolean} [options.axis] whether frequencies are labelled
 * @returns {Spectrogram}
 */
export function createSpectrogram(host, options) {
  const { label, onSeek, onRegion, onView, zoomable = false, axis = true } = options;
  /** @type {SpectrogramImage | null} */
  let image = null;
  /** @type {HTMLCanvasElement | null} */
  let bitmap = null;
  /** @type {number | null} */
  let pointerY = null;
  host.classList.add("time-canvas");
  host.tabIndex = 0;
  host.setAttribute("role", "slider");
  host.setAttribute("aria-label", label);

  const picture = createCanvasLayer(host, (context, { width, height }) => {
    context.fillStyle = token(host, "--surface", "#14161a");
    context.fillRect(0, 0, width, height);
    if (image === null || bitmap === null) return;
    const { view } = surface.state();
    const [left, right] = [xAt(view, image.startS, width), xAt(view, image.endS, width)];
    context.imageSmoothingEnabled = right - left < 4 * image.columns;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, left, 0, right - left, height);
    if (axis) drawFrequencies(context, image, height, labelColours());
  });
  const marks = createCanvasLayer(host, (context, size) => {
    const state = surface.state();
    const colours = { accent: token(host, "--accent", "#4aa3ff"), text: token(host, "--text", "#fff") };
    drawMarks(context, size, state, colours);
    if (image === null || state.pointerS === null || pointerY === null || !axis) return;
    const hertz = hertzAt(image, 1 - pointerY / size.height);
    const text = `${formatTime(state.pointerS)}  ${formatHertz(hertz)}Hz`;
    drawReading(context, size, xAt(state.view, state.pointerS, size.width), text, labelColours());
  });
  const surface = createTimeSurface(host, {
    onSeek,
    onRegion,
    onView,
    zoomable,
    changed: () => refresh(),
  });
  let drawnView = surface.state().view;

  const labelColours = () => ({
    text: token(host, "--text", "#fff"),
    back: token(host, "--surface", "#14161a"),
  });
  const refresh = () => {
    const { view } = surface.state();
    if (view !== drawnView) picture.redraw();
    drawnView = view;
    marks.redraw();
    describeTime(host, surface.state());
  };
  const repaint = () => {
    bitmap = image === null ? null : toBitmap(image);
    picture.redraw();
  };
  const track = (/** @type {PointerEvent} */ event) => {
    pointerY = event.clientY - host.getBoundingClientRect().top;
  };
  host.addEventListener("pointermove", track);
  const unwatch = watchAppearance(repaint);

  return {
    setDuration(durationS) {
      image = null;
      surface.update({ view: wholeView(durationS), region: null, playheadS: null });
      repaint();
    },
    setImage(newImage) {
      image = newImage;
      repaint();
    },
    setPlayhead: (playheadS) => surface.update({ playheadS }),
    setRegion: (region) => surface.update({ region }),
    setView: (view) => surface.update({ view }),
    view: () => surface.state().view,
    region: () => surface.state().region,
    destroy() {
      unwatch();
      host.removeEventListener("pointermove", track);
      surface.destroy();
      picture.destroy();
      marks.destroy();
    },
  };
}

/**
 * @param {SpectrogramImage} image
 * @returns {HTMLCanvasElement}
 */
function toBitmap({ levels, rows, columns }) {
  const bitmap = document.createElement("canvas");
  [bitmap.width, bitmap.height] = [columns, rows];
  const pixels = paint(levels, colourMap("image", ground()));
  bitmap.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  return bitmap;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {SpectrogramImage} image
 * @param {number} height
 * @param {{text: string, back: string}} colours
 */
function drawFrequencies(context, image, height, colours) {
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (const hz of frequencyTicks(image, height)) {
    const y = (1 - shareOf(image, hz)) * height;
    if (y < 8 || y > height - 8) continue;
    context.fillStyle = colours.text;
    context.globalAlpha = 0.5;
    context.fillRect(0, Math.round(y), 4, 1);
    context.globalAlpha = 1;
    boxedText(context, formatHertz(hz), 6, y, colours);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {number} x
 * @param {string} text
 * @param {{text: string, back: string}} colours
 */
function drawReading(context, { width }, x, text, colours) {
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const needed = context.measureText(text).width + 8;
  boxedText(context, text, x + 8 + needed > width ? x - needed - 4 : x + 8, 12, colours);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {{text: string, back: string}} colours
 */
function boxedText(context, text, x, y, colours) {
  context.globalAlpha = 0.72;
  context.fillStyle = colours.back;
  context.fillRect(x - 2, y - 7, context.measureText(text).width + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = colours.text;
  context.fillText(text, x, y);
}
