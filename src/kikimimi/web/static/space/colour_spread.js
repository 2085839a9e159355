/**
 * Colours for the bulk of the sounds: the few lowest and highest values, which would leave the
 * rest in one colour, share the ends of the map. Positions are never changed in this way.
 */

import { HIGHEST_STEP, NO_VALUE, valueOfShare } from "./payload.js";

/** Share of the sounds that is cut off at either end. */
const CUT = 0.02;
const BINS = 1024;

/** @typedef {import("./payload.js").AxisValues} AxisValues */

/**
 * @param {AxisValues} axis
 * @returns {AxisValues} the same axis from the lowest to the highest value that has its own colour
 */
export function spread(axis) {
  const [low, high] = bulk(axis.steps);
  if (high <= low) return axis;
  const steps = axis.steps.map((step) => {
    if (step === NO_VALUE) return NO_VALUE;
    const share = Math.min(Math.max((step - low) / (high - low), 0), 1);
    return Math.round(share * HIGHEST_STEP);
  });
  const min = valueOfShare(axis, low / HIGHEST_STEP);
  const max = valueOfShare(axis, high / HIGHEST_STEP);
  return { ...axis, min, max, steps };
}

/**
 * @param {Uint16Array} steps
 * @returns {[low: number, high: number]} steps between which the bulk lies
 */
function bulk(steps) {
  const counts = new Uint32Array(BINS);
  const binOf = (/** @type {number} */ step) => Math.floor((step / (HIGHEST_STEP + 1)) * BINS);
  let known = 0;
  for (const step of steps) {
    if (step === NO_VALUE) continue;
    counts[binOf(step)]++;
    known++;
  }
  const wanted = known * CUT;
  let [first, last, below, above] = [0, BINS - 1, counts[0], counts[BINS - 1]];
  while (below <= wanted && first < BINS - 1) below += counts[++first];
  while (above <= wanted && last > 0) above += counts[--last];
  return [(first / BINS) * HIGHEST_STEP, ((last + 1) / BINS) * HIGHEST_STEP];
}
