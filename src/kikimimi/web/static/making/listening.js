/** Plays one sound by its address at a time; the player of the page is silent meanwhile. */

import { setIcon } from "../components/buttons.js";
import { iconButton } from "../components/buttons.js";
import { t } from "../i18n/i18n.js";
import { player } from "../player/player.js";

/** @type {HTMLAudioElement|null} */
let audio = null;
/** @type {() => void} */
let ended = () => {};

export function stopListening() {
  audio?.pause();
  audio = null;
  const tell = ended;
  ended = () => {};
  tell();
}

/**
 * @param {string} address
 * @param {{loop?: boolean, onend?: () => void}} [options]
 */
export async function listen(address, { loop = false, onend = () => {} } = {}) {
  stopListening();
  player.stop();
  const mine = new Audio(address);
  mine.loop = loop;
  audio = mine;
  ended = onend;
  mine.addEventListener("ended", () => audio === mine && stopListening());
  mine.addEventListener("error", () => audio === mine && stopListening());
  try {
    await mine.play();
  } catch {
    // stopped again before it began, or the browser wants a click first
    if (audio === mine) stopListening();
  }
}

/**
 * A button that plays a sound, and stops it while it plays.
 * @param {string} name of the sound
 * @param {() => {address: string, loop: boolean}} sound
 */
export function listenButton(name, sound) {
  let playing = false;
  const play = () => {
    if (playing) return stopListening();
    const { address, loop } = sound();
    void listen(address, { loop, onend: () => show(false) });
    show(true);
  };
  const element = iconButton("play", t("making.play", { name }), play);
  /** @param {boolean} now */
  function show(now) {
    playing = now;
    setIcon(element, now ? "stop" : "play", t(now ? "making.stop" : "making.play", { name }));
  }
  return { element, play };
}
