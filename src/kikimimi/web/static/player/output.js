/** The way of the sound to the loudspeaker: voice, volume, output; made at the first sound. */

import { faderFactor } from "./levels.js";

/** @type {{context: AudioContext, volume: GainNode}|null} */
let graph = null;
let position = 1;

/** The context and where voices connect to; a browser lets it sound after the first key or click. */
export function output() {
  if (!graph) {
    const context = new AudioContext({ latencyHint: "interactive" });
    const volume = context.createGain();
    volume.gain.value = faderFactor(position);
    volume.connect(context.destination);
    graph = { context, volume };
  }
  if (graph.context.state === "suspended") void graph.context.resume();
  return graph;
}

/** @param {number} value in [0, 1] */
export function setVolume(value) {
  position = value;
  if (!graph) return;
  graph.volume.gain.setTargetAtTime(faderFactor(value), graph.context.currentTime, 0.01);
}
