/**
 * Where the bulk of the sounds lies on an axis, so that a few far away do not press all the others
 * into one colour or one corner. What lies beyond is held at the end.
 */

import { HIGHEST_STEP, NO_VALUE, valueOfShare } from "./payload.js";

/** @typedef {import("./payload.js").AxisValues} AxisValues */

/** Share of the sounds that may be cut off at either end, for colours and for places. */
const COLOUR_CUT = 0.02;
const PLACE_CUT = 0.01;
/** Room beside the bulk, as a share of it, and how empty an axis must be to be cut at all. */
const MARGIN = 0.1;
const MOST_KEPT = 0.65;
/** Of fewer sounds none is an exception. */
const FEWEST = 50;
const BINS = 1024;

/** @type {WeakMap<AxisValues, AxisValues>} */
const framedAxes = new WeakMap();

/**
 * An axis for colours: from the lowest to the highest value that has a colour of its own.
 * @param {AxisValues} axis
 * @returns {AxisValues}
 */
export function spread(axis) {
  const [low, high] = bulk(axis.steps, COLOUR_CUT);
  return high > low ? between(axis, low, high) : axis;
}

/**
 * An axis for places: as it is, or, where most of it would be empty, the part with the bulk.
 * @param {AxisValues} axis
 * @returns {AxisValues}
 */
export function framed(axis) {
  const known = framedAxes.get(axis);
  if (known !== undefined) return known;
  const [first, last] = bulk(axis.steps, PLACE_CUT);
  const margin = MARGIN * (last - first);
  const [low, high] = [Math.max(first - margin, 0), Math.min(last + margin, HIGHEST_STEP)];
  const isCloud = axis.steps.length >= FEWEST && last - first > (4 * HIGHEST_STEP) / BINS;
  const cut = isCloud && high - low < MOST_KEPT * HIGHEST_STEP;
  const shown = cut ? between(axis, low, high) : axis;
  framedAxes.set(axis, shown);
  return shown;
}

/**
 * @param {AxisValues} axis
 * @param {number} low step that becomes the first
 * @param {number} high step that becomes the last
 * @returns {AxisValues}
 */
function between(axis, low, high) {
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
 * @param {number} cut share of the sounds beyond either end
 * @returns {[low: number, high: number]} steps between which the bulk lies
 */
function bulk(steps, cut) {
  const counts = new Uint32Array(BINS);
  let known = 0;
  for (const step of steps) {
    if (step === NO_VALUE) continue;
    counts[Math.floor((step / (HIGHEST_STEP + 1)) * BINS)]++;
    known++;
  }
  const wanted = known * cut;
  let [first, last, below, above] = [0, BINS - 1, counts[0], counts[BINS - 1]];
  while (below <= wanted && first < BINS - 1) below += counts[++first];
  while (above <= wanted && last > 0) above += counts[--last];
  return [(first / BINS) * HIGHEST_STEP, ((last + 1) / BINS) * HIGHEST_STEP];
}
