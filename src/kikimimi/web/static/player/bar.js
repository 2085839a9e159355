/** The player at the foot of the page: waveform to scrub and to select in, transport, levels. */

import { api, isAbort } from "../api/client.js";
import { iconButton, setIcon, setPressed } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatLoudness, formatTime, shortFolder } from "../components/format.js";
import { toast } from "../components/toast.js";
import { createWaveform } from "../components/waveform.js";
import { decodeOverview } from "../components/waveform_peaks.js";
import { t } from "../i18n/i18n.js";
import { similarTo } from "../list/actions.js";
import { offerActions, runAction } from "../keys/keyboard.js";
import { soundAddress } from "../router/router.js";
import { findRow, knownRow } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { player } from "./player.js";
import { createThrough } from "./through.js";

/** @typedef {import("../api/types.js").Row} Row */

const POINTS = 1600;
/** A region this much longer is what was meant, not a click that slipped. */
const FINE_AFTER_MS = 150;

/** @returns {{element: HTMLElement, destroy: () => void}} */
export function createPlayerBar() {
  const host = h("div", { class: "player-wave" });
  const name = h("a", { class: "player-name" });
  const detail = h("div", { class: "player-detail" });
  const time = h("span", { class: "player-time" }, formatTime(0));
  const length = h("span", { class: "player-length" });
  const play = iconButton("play", t("player.play"), () => player.toggle());
  const loop = iconButton("loop", t("player.loop"), () => player.setLoop(!player.get().loop), { pressed: false, keys: "L" });
  const match = iconButton("loudness", t("player.match"), () => player.setMatched(!player.get().matched), { pressed: true, keys: "M" });
  const region = iconButton("region", t("player.region.search"), searchRegion);
  const through = createThrough();
  const volume = h("input", {
    class: "player-volume",
    type: "range",
    min: "0",
    max: "1",
    step: "0.01",
    value: String(player.get().volume),
    "aria-label": t("player.volume"),
    title: t("player.volume"),
    oninput: () => player.setVolume(Number(volume.value)),
  });
  const element = h(
    "footer",
    { class: "player", "aria-label": t("player.title") },
    h(
      "div",
      { class: "player-transport" },
      iconButton("previous", t("player.previous"), () => void runAction("list.up"), { keys: "K" }),
      play,
      iconButton("next", t("player.next"), () => void runAction("list.down"), { keys: "J" }),
    ),
    h("div", { class: "player-about" }, name, detail, h("div", { class: "player-times" }, time, length)),
    host,
    h("div", { class: "player-tools" }, region, loop, through.element, match, volume),
  );
  play.classList.add("player-play");

  const waveform = createWaveform(host, {
    label: t("player.waveform"),
    fillHeight: true,
    onSeek: (time_s) => player.seek(time_s),
    onRegion(chosen, done) {
      region.disabled = chosen === null;
      const part = chosen && { start_s: chosen.startS, end_s: chosen.endS };
      player.setRegion(part);
      if (done && part && player.get().id !== null) void player.play(/** @type {number} */ (player.get().id), part);
    },
  });

  /** @type {number|null} */
  let shown = null;
  /** @type {AbortController|null} */
  let running = null;

  /** @param {number|null} id */
  async function showSound(id) {
    if (id === null || id === shown) return;
    shown = id;
    running?.abort();
    const controller = new AbortController();
    running = controller;
    const row = knownRow(id) ?? (await findRow(id).catch(() => null));
    if (!row || shown !== id) return;
    describe(row);
    waveform.setSound(decodeOverview(row.overview), row.duration_s);
    region.disabled = true;
    await new Promise((resolve) => setTimeout(resolve, FINE_AFTER_MS));
    if (controller.signal.aborted) return;
    try {
      waveform.setPairs(await api.overview(id, POINTS, controller.signal));
    } catch (error) {
      if (!isAbort(error)) region.disabled = waveform.region() === null;
    }
  }

  /** @param {Row} row */
  function describe(row) {
    name.textContent = row.name;
    name.title = `${row.folder}/${row.name}`;
    name.href = soundAddress(row.id);
    const level = row.loudness_lufs === null ? null : `${formatLoudness(row.loudness_lufs)} LUFS`;
    const gain = player.get().matched && row.gain_db ? t("player.gain", { gain: signed(row.gain_db) }) : null;
    replaceChildren(detail, [shortFolder(row.folder), level, gain].filter(Boolean).join(" · "));
    length.textContent = ` / ${formatTime(row.duration_s)}`;
  }

  /** @param {Readonly<import("./player.js").Playing>} state */
  function showState({ id, playing, loading, loop: looping, matched }) {
    const active = playing || loading;
    setIcon(play, active ? "stop" : "play", t(active ? "player.stop" : "player.play"));
    play.disabled = id === null && store.get().current === null;
    setPressed(loop, looping);
    setPressed(match, matched);
    element.classList.toggle("loading", loading);
    const row = knownRow(id);
    if (row && id === shown) describe(row);
  }

  function searchRegion() {
    const chosen = waveform.region();
    const { id } = player.get();
    if (chosen && id !== null) similarTo(id, { start_s: rounded(chosen.startS), end_s: rounded(chosen.endS) });
  }

  const ends = [
    player.onState((state) => (void showSound(state.id), showState(state))),
    player.onTime((time_s, id) => {
      if (id !== shown && id !== null) return;
      waveform.setPlayhead(time_s);
      if (time_s !== null) time.textContent = formatTime(time_s);
    }),
    player.onError((error, id) => toast(t("player.failed", { name: knownRow(id)?.name ?? `#${id}`, why: String(/** @type {any} */ (error)?.message ?? error) }), { kind: "error" })),
    store.subscribe((state) => state.current, (id) => player.get().playing || void showSound(id)),
    offerActions({
      "player.toggle": playCurrent,
      "player.loop": () => player.setLoop(!player.get().loop),
      "player.match": () => player.setMatched(!player.get().matched),
    }),
  ];
  showState(player.get());
  void showSound(player.get().id ?? store.get().current);
  return {
    element,
    destroy() {
      running?.abort();
      waveform.destroy();
      through.destroy();
      for (const end of ends) end();
    },
  };
}

/** Space stops what plays, or else plays the sound in focus, which need not be the last one. */
function playCurrent() {
  const { current } = store.get();
  const { id, playing, loading } = player.get();
  if (!playing && !loading && current !== null && current !== id) void player.play(current);
  else player.toggle();
}

/** @param {number} decibels */
function signed(decibels) {
  return `${decibels < 0 ? "−" : "+"}${Math.abs(decibels).toFixed(1)}`;
}

/** @param {number} seconds */
function rounded(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
