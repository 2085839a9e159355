/**
 * Where a frequency lies on an axis that is logarithmic, mel or linear. Hz throughout; shares run
 * from 0 at the lowest to 1 at the highest frequency of the axis.
 */

/** @typedef {"log" | "mel" | "linear"} FrequencyScale */

/** @type {Record<FrequencyScale, {to: (hz: number) => number, from: (value: number) => number}>} */
const CURVES = {
  log: { to: (hz) => Math.log(Math.max(hz, 1)), from: Math.exp },
  // O'Shaughnessy's formula, which the spectrogram of the server uses too.
  mel: { to: (hz) => Math.log1p(hz / 700), from: (value) => 700 * Math.expm1(value) },
  linear: { to: (hz) => hz, from: (value) => value },
};

/** @type {readonly FrequencyScale[]} */
export const FREQUENCY_SCALES = Object.freeze(["log", "mel", "linear"]);

/**
 * @typedef {object} FrequencyAxis
 * @property {FrequencyScale} scale
 * @property {number} minHz
 * @property {number} maxHz
 */

/**
 * @param {FrequencyAxis} axis
 * @param {number} hz
 * @returns {number} 0 to 1 within the axis
 */
export function shareOf(axis, hz) {
  const { to } = CURVES[axis.scale];
  const [low, high] = [to(axis.minHz), to(axis.maxHz)];
  return (to(hz) - low) / (high - low);
}

/**
 * @param {FrequencyAxis} axis
 * @param {number} share
 * @returns {number}
 */
export function hertzAt(axis, share) {
  const { to, from } = CURVES[axis.scale];
  const [low, high] = [to(axis.minHz), to(axis.maxHz)];
  return from(low + share * (high - low));
}

const ROUND = [1, 2, 5].flatMap((digit) => [10, 100, 1000, 10000].map((power) => digit * power));
const CANDIDATES = [...ROUND, 3000, 4000, 8000, 12000, 15000, 16000].sort((a, b) => a - b);

/**
 * Round frequencies for the labels, none nearer than `apart` pixels to another.
 * @param {FrequencyAxis} axis
 * @param {number} height
 * @param {number} [apart]
 * @returns {number[]}
 */
export function frequencyTicks(axis, height, apart = 22) {
  const inside = CANDIDATES.filter((hz) => hz > axis.minHz && hz < axis.maxHz);
  const fewest = axis.scale === "linear" ? inside.filter((hz) => hz % 1000 === 0) : inside;
  /** @type {number[]} */
  const kept = [];
  const preferred = [...fewest].sort((a, b) => roundness(b) - roundness(a) || b - a);
  for (const hz of preferred) {
    const y = shareOf(axis, hz) * height;
    if (kept.every((other) => Math.abs(shareOf(axis, other) * height - y) >= apart)) kept.push(hz);
  }
  return kept.sort((a, b) => a - b);
}

/**
 * @param {number} hz
 * @returns {number}
 */
function roundness(hz) {
  if (Number.isInteger(Math.log10(hz))) return 3;
  return ROUND.includes(hz) ? (String(hz).startsWith("5") ? 2 : 1) : 0;
}

/**
 * @param {number} hz
 * @returns {string} `500`, `2k`, `1.5k`
 */
export function formatHertz(hz) {
  return hz >= 1000 ? `${Number((hz / 1000).toFixed(1))}k` : String(Math.round(hz));
}
