/** A take from the microphone, as samples. */

/** @typedef {{samples: Float32Array, sampleRate_hz: number}} Take */

/**
 * @typedef {object} Recorder
 * @property {() => Promise<Take>} stop
 */

/** The server takes no longer sounds; nobody hums for ten minutes. */
export const LONGEST_S = 60;

/**
 * Begin to record, with the microphone as it is: no noise reduction, no automatic level.
 * @param {{onlevel: (peak: number, seconds: number) => void, onfull: () => void}} options
 * @returns {Promise<Recorder>}
 */
export async function startRecorder({ onlevel, onfull }) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const context = new AudioContext();
  await context.audioWorklet.addModule(new URL("./capture_worklet.js", import.meta.url));
  const node = new AudioWorkletNode(context, "kikimimi-capture", { numberOfOutputs: 0 });
  /** @type {Float32Array[]} */
  const blocks = [];
  let length = 0;
  node.port.onmessage = ({ data }) => {
    blocks.push(data);
    length += data.length;
    let peak = 0;
    for (const sample of data) peak = Math.max(peak, Math.abs(sample));
    onlevel(peak, length / context.sampleRate);
    if (length / context.sampleRate >= LONGEST_S) onfull();
  };
  context.createMediaStreamSource(stream).connect(node);
  return {
    async stop() {
      for (const track of stream.getTracks()) track.stop();
      node.port.onmessage = null;
      node.disconnect();
      const sampleRate_hz = context.sampleRate;
      await context.close();
      return { samples: joined(blocks, length), sampleRate_hz };
    },
  };
}

/**
 * @param {Float32Array[]} blocks
 * @param {number} length
 */
function joined(blocks, length) {
  const samples = new Float32Array(length);
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  return samples;
}
