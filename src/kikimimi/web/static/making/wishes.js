/** What is wanted of the generator, as the server takes it. Pure. */

/** @typedef {"vary"|"blend"|"sample"} Method */
/** @typedef {import("./calls.js").SourceKey} SourceKey */

/**
 * @typedef {object} Wish
 * @property {Method} method
 * @property {SourceKey|null} first
 * @property {SourceKey|null} second
 * @property {number} amount of a variation, 0 to 1
 * @property {number} share of the second sound in a blend, 0 to 1
 * @property {number} steps of a blend; 1 for the share alone
 * @property {string} label a class, empty for any
 * @property {string} text
 * @property {number} seconds
 * @property {number} count
 * @property {number} seed
 * @property {boolean} loop
 */

export const MOST_AT_ONCE = 16;

/** @returns {Wish} */
export function firstWish() {
  return {
    method: "vary",
    first: null,
    second: null,
    amount: 0.2,
    share: 0.5,
    steps: 1,
    label: "",
    text: "",
    seconds: 5,
    count: 4,
    seed: 0,
    loop: false,
  };
}

/**
 * Which sounds a wish still lacks.
 * @param {Wish} wish
 * @returns {("first"|"second")[]}
 */
export function missingSounds({ method, first, second }) {
  /** @type {("first"|"second")[]} */
  const missing = [];
  if (method !== "sample" && first === null) missing.push("first");
  if (method === "blend" && second === null) missing.push("second");
  return missing;
}

/**
 * The body of `POST /api/make`.
 * @param {Wish} wish
 * @returns {Record<string, unknown>}
 */
export function toMakeRequest(wish) {
  const { method, first, second, seed, loop } = wish;
  const count = bounded(wish.count, 1, MOST_AT_ONCE);
  if (method === "blend") return { method, first, second, shares: blendShares(wish), seed, loop };
  if (method === "vary") return { method, source: first, amount: wish.amount, count, seed, loop };
  const text = wish.text.trim() || null;
  const label = text ? null : wish.label || null;
  return { method, label, text, seconds: Math.min(60, Math.max(0.5, wish.seconds)), count, seed, loop };
}

/**
 * @param {{share: number, steps: number}} wish
 * @returns {number[]}
 */
export function blendShares({ share, steps }) {
  const count = bounded(steps, 1, MOST_AT_ONCE);
  if (count === 1) return [share];
  return Array.from({ length: count }, (_, number) => number / (count - 1));
}

/** @param {number} value @param {number} least @param {number} most */
function bounded(value, least, most) {
  return Math.min(most, Math.max(least, Math.round(value) || least));
}
