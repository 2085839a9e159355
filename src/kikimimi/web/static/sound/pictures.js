/** Waveform, spectrogram, tags over time and ruler of one sound, one above the other. */

import { api, isAbort } from "../api/client.js";
import { h } from "../components/dom.js";
import { createSpectrogram } from "../components/spectrogram.js";
import { errorText } from "../components/toast.js";
import { createWaveform } from "../components/waveform.js";
import { decodeOverview } from "../components/waveform_peaks.js";
import { t } from "../i18n/i18n.js";
import { soundCalls } from "./calls.js";
import { isEnough, wantedPicture } from "./spectrogram_request.js";
import { createPictureControls } from "./picture_controls.js";
import { createTagStrip } from "./tag_strip.js";
import { createTimeRuler } from "./time_ruler.js";

/** Pairs of the waveform: enough for a wide screen, zoomed in a few times. */
const WAVE_POINTS = 8192;
const ASK_AFTER_MS = 120;

/**
 * @param {import("../api/types.js").Row} row
 * @param {import("./timeline.js").Timeline} timeline
 * @param {{onPlayFrom: (timeS: number) => void}} listeners
 */
export function createPictures(row, timeline, { onPlayFrom }) {
  const aborter = new AbortController();
  const { signal } = aborter;
  const waveHost = h("div", { class: "sound-wave" });
  const spectrumHost = h("div", { class: "sound-spectrum" });
  const stripRoom = h("div", { class: "sound-strip-room" });
  const stripLabels = h("div", { class: "sound-strip-labels" });
  const rulerHost = h("div", { class: "sound-ruler", "aria-hidden": "true" });
  const note = h("p", { class: "sound-note", role: "status", hidden: true });
  const controls = createPictureControls({ onChange: () => void ask(true), onZoom: (view) => timeline.listeners.onView(view), view: timeline.view });
  const element = h(
    "section",
    { class: "sound-pictures", "aria-label": t("sound.pictures") },
    controls.element,
    waveHost,
    spectrumHost,
    stripLabels,
    stripRoom,
    rulerHost,
    note,
  );

  const shared = { ...timeline.listeners, zoomable: true };
  const waveform = createWaveform(waveHost, { ...shared, label: t("sound.waveform"), fillHeight: true });
  const spectrogram = createSpectrogram(spectrumHost, { ...shared, label: t("sound.spectrogram") });
  const ruler = createTimeRuler(rulerHost);
  waveform.setSound(decodeOverview(row.overview), row.duration_s);
  spectrogram.setDuration(row.duration_s);
  ruler.setView(timeline.view());
  for (const part of [waveform, spectrogram, ruler]) timeline.add(part);
  /** @type {(() => void)[]} */
  const ends = [waveform.destroy, spectrogram.destroy, ruler.destroy];

  /** @type {import("./spectrogram_request.js").Picture | null} */
  let held = null;
  let waiting = 0;
  let asking = new AbortController();
  signal.addEventListener("abort", () => asking.abort());

  const size = () => ({
    width: spectrumHost.clientWidth,
    height: spectrumHost.clientHeight,
    ratio: globalThis.devicePixelRatio || 1,
  });
  /** @param {boolean} [changed] the scale or the levels are others */
  const ask = async (changed = false) => {
    const view = timeline.view();
    if (!changed && isEnough(held, view, size())) return;
    asking.abort();
    asking = new AbortController();
    const { startS, endS, columns, rows } = wantedPicture(view, size());
    const wanted = { start_s: startS, end_s: endS, columns, rows, ...controls.get() };
    try {
      const image = await soundCalls.spectrogram(row.id, wanted, asking.signal);
      held = image;
      spectrogram.setImage(image);
      say("");
    } catch (error) {
      if (!isAbort(error)) say(errorText(error));
    }
  };
  /** @param {string} text */
  const say = (text) => {
    note.textContent = text;
    note.hidden = text === "";
  };
  const resized = new ResizeObserver(() => timeline.listeners.onView(timeline.view()));
  resized.observe(spectrumHost);
  ends.push(() => resized.disconnect());
  timeline.watch(() => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), ASK_AFTER_MS);
  });

  const loadWave = async () => waveform.setPairs(await api.overview(row.id, WAVE_POINTS, signal));
  const loadStrip = async () => {
    const content = await soundCalls.tagsOverTime(row.id, signal);
    if (content.tags.length === 0 || content.times_s.length === 0) return;
    const strip = createTagStrip(content, { durationS: row.duration_s, timeline, onPlayFrom });
    stripRoom.append(strip.element);
    stripLabels.append(strip.labels);
    strip.setView(timeline.view());
    timeline.add(strip);
    ends.push(strip.destroy);
  };
  for (const load of [loadWave, loadStrip]) {
    load().catch((error) => isAbort(error) || say(errorText(error)));
  }
  void ask();

  return {
    element,
    destroy() {
      aborter.abort();
      clearTimeout(waiting);
      for (const end of ends) end();
    },
  };
}
