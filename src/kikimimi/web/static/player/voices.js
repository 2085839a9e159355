/**
 * A voice plays one sound once: short ones from memory, exactly in time; long ones as a stream.
 * Both fade in and out over a few milliseconds, so that no start and no stop clicks.
 */

import { output } from "./output.js";
import { positionAt } from "./levels.js";

const FADE_S = 0.004;

/**
 * @typedef {object} Span
 * @property {number} from_s where it begins
 * @property {number} start_s of what is looped over
 * @property {number} end_s
 * @property {boolean} loop
 */

/**
 * @typedef {object} Voice
 * @property {() => number} position seconds into the sound
 * @property {() => void} stop
 * @property {(factor: number) => void} setGain
 */

/** @param {number} factor */
function createFader(factor) {
  const { context, volume } = output();
  const node = context.createGain();
  node.gain.setValueAtTime(0, context.currentTime);
  node.gain.linearRampToValueAtTime(factor, context.currentTime + FADE_S);
  node.connect(volume);
  return {
    node,
    /** @param {number} value */
    set: (value) => node.gain.setTargetAtTime(value, context.currentTime, 0.01),
    /** @param {() => void} done */
    close(done) {
      node.gain.cancelScheduledValues(context.currentTime);
      node.gain.setTargetAtTime(0, context.currentTime, FADE_S / 3);
      setTimeout(() => (done(), node.disconnect()), 1000 * FADE_S * 4);
    },
  };
}

/**
 * @param {AudioBuffer} buffer
 * @param {Span} span
 * @param {{gain: number, onended: () => void}} options
 * @returns {Voice}
 */
export function bufferVoice(buffer, span, { gain, onended }) {
  const { context } = output();
  const fader = createFader(gain);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.loop = span.loop;
  source.loopStart = span.start_s;
  source.loopEnd = span.end_s;
  source.connect(fader.node);
  const length = span.loop ? undefined : Math.max(0, span.end_s - span.from_s);
  source.start(0, span.from_s, length);
  const began = context.currentTime;
  let stopped = false;
  source.onended = () => {
    if (!stopped) onended();
  };
  return {
    position: () => positionAt(context.currentTime - began, span),
    setGain: fader.set,
    stop() {
      if (stopped) return;
      stopped = true;
      fader.close(() => source.stop());
    },
  };
}

/**
 * @param {string} url
 * @param {Span} span
 * @param {{gain: number, onended: () => void, onerror: (error: unknown) => void}} options
 * @returns {Voice}
 */
export function streamVoice(url, span, { gain, onended, onerror }) {
  const { context } = output();
  const fader = createFader(gain);
  const element = new Audio();
  element.preload = "auto";
  element.src = url;
  element.currentTime = span.from_s;
  const source = context.createMediaElementSource(element);
  source.connect(fader.node);
  let stopped = false;
  const end = () => {
    if (stopped) return;
    if (span.loop) {
      element.currentTime = span.start_s;
      void element.play();
    } else onended();
  };
  const watch = setInterval(() => element.currentTime >= span.end_s && !element.ended && end(), 30);
  element.onended = end;
  element.onerror = () => !stopped && onerror(element.error ?? new Error(url));
  element.play().catch((error) => !stopped && onerror(error));
  return {
    position: () => element.currentTime,
    setGain: fader.set,
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(watch);
      fader.close(() => {
        element.pause();
        element.removeAttribute("src");
        element.load();
      });
    },
  };
}
