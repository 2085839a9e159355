/** Record, trim, listen, search. */

import { button } from "../components/buttons.js";
import { openDialog } from "../components/dialog.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatTime } from "../components/format.js";
import { createWaveform } from "../components/waveform.js";
import { t } from "../i18n/i18n.js";
import { output } from "../player/output.js";
import { player } from "../player/player.js";
import { LONGEST_S, startRecorder } from "./recorder.js";
import { searchByFile } from "./upload_search.js";
import { encodeWav, overviewOf, soundingPart } from "./wav.js";

/** @typedef {import("./recorder.js").Recorder} Recorder */
/** @typedef {import("./recorder.js").Take} Take */

let open = false;

export function openRecorder() {
  if (open) return;
  open = true;
  player.stop();
  /** @type {Recorder|null} */
  let recorder = null;
  /** @type {() => void} */
  let leave = () => {};
  const dialog = openDialog(t("query.record"), {
    onclose() {
      open = false;
      void recorder?.stop();
      recorder = null;
      leave();
    },
  });
  dialog.element.classList.add("recorder");
  void begin();

  async function begin() {
    leave();
    leave = () => {};
    const level = h("div");
    const time = h("div", { class: "recorder-time" }, formatTime(0));
    replaceChildren(dialog.body, h("p", { role: "status" }, t("query.record.asking")));
    replaceChildren(dialog.foot);
    try {
      const started = await startRecorder({
        onlevel(peak, seconds) {
          level.style.transform = `scaleX(${Math.min(1, Math.sqrt(peak))})`;
          time.textContent = formatTime(seconds);
        },
        onfull: () => void finish(),
      });
      if (!open) return void started.stop();
      recorder = started;
    } catch (error) {
      return showFailure(error);
    }
    const dot = h("span", { class: "recorder-dot" });
    replaceChildren(
      dialog.body,
      h("div", { class: "recorder-live" }, dot, time, h("div", { class: "meter recorder-level", "aria-hidden": "true" }, level)),
      h("p", { class: "hint" }, t("query.record.hint", { seconds: LONGEST_S })),
    );
    const done = button(t("query.record.stop"), () => void finish(), { kind: "primary", icon: "stop" });
    replaceChildren(dialog.foot, button(t("app.cancel"), dialog.close), done);
    done.focus();
  }

  async function finish() {
    const running = recorder;
    recorder = null;
    if (!running) return;
    leave = showTake(dialog, await running.stop(), () => void begin());
  }

  /** @param {unknown} error */
  function showFailure(error) {
    const name = error instanceof DOMException ? error.name : "";
    const key = { NotAllowedError: "query.record.denied", NotFoundError: "query.record.none" }[name] ?? "query.record.failed";
    replaceChildren(dialog.body, h("p", { role: "alert" }, t(key, { message: String(error) })));
    replaceChildren(dialog.foot, button(t("app.close"), dialog.close), button(t("app.retry"), () => void begin(), { kind: "primary" }));
  }
}

/**
 * @param {ReturnType<typeof openDialog>} dialog
 * @param {Take} take
 * @param {() => void} again
 * @returns {() => void} ends what is playing
 */
function showTake(dialog, take, again) {
  const { samples, sampleRate_hz } = take;
  const length_s = samples.length / sampleRate_hz;
  let part = soundingPart(samples, sampleRate_hz);
  /** @type {AudioBufferSourceNode|null} */
  let source = null;
  const host = h("div", { class: "recorder-wave" });
  const shown = h("p", { class: "hint", role: "status" });
  const showPart = () =>
    (shown.textContent = t("query.record.part", { start: formatTime(part.start_s), end: formatTime(part.end_s) }));
  replaceChildren(dialog.body, host, shown, h("p", { class: "hint" }, t("query.record.trim")));
  const waveform = createWaveform(host, {
    label: t("query.record.waveform"),
    fillHeight: true,
    onRegion(region) {
      part = region ? { start_s: region.startS, end_s: region.endS } : { start_s: 0, end_s: length_s };
      showPart();
    },
  });
  waveform.setSound(overviewOf(samples, 800), length_s);
  waveform.setRegion({ startS: part.start_s, endS: part.end_s });
  showPart();

  const listen = () => {
    source?.stop();
    const { context, volume } = output();
    const buffer = context.createBuffer(1, samples.length, sampleRate_hz);
    buffer.copyToChannel(/** @type {Float32Array<ArrayBuffer>} */ (samples), 0);
    source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(volume);
    source.start(0, part.start_s, part.end_s - part.start_s);
  };
  const send = async () => {
    const from = Math.floor(part.start_s * sampleRate_hz);
    const cut = samples.slice(from, Math.ceil(part.end_s * sampleRate_hz));
    const file = new File([encodeWav(cut, sampleRate_hz)], t("query.record.name"), { type: "audio/wav" });
    dialog.close();
    await searchByFile(file);
  };
  const go = button(t("query.record.search"), () => void send(), { kind: "primary", icon: "search" });
  replaceChildren(
    dialog.foot,
    button(t("query.record.again"), again, { icon: "microphone" }),
    button(t("query.record.listen"), listen, { icon: "play" }),
    go,
  );
  go.focus();
  return () => {
    source?.stop();
    waveform.destroy();
  };
}
