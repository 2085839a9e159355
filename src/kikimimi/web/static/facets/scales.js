/** Where values lie on the sliders. Pure. */

/**
 * @typedef {object} Scale
 * @property {number} min
 * @property {number} max
 * @property {(value: number) => number} toShare in [0, 1]
 * @property {(share: number) => number} toValue
 */

/**
 * @param {number} min
 * @param {number} max
 * @returns {Scale}
 */
export function linearScale(min, max) {
  const clamp = (/** @type {number} */ share) => Math.min(1, Math.max(0, share));
  return {
    min,
    max,
    toShare: (value) => clamp((value - min) / (max - min || 1)),
    toValue: (share) => min + clamp(share) * (max - min),
  };
}

/**
 * Equal steps are equal ratios.
 * @param {number} min above 0
 * @param {number} max
 * @returns {Scale}
 */
export function logScale(min, max) {
  const inner = linearScale(Math.log(min), Math.log(max));
  return {
    min,
    max,
    toShare: (value) => inner.toShare(Math.log(Math.max(value, min / 10))),
    toValue: (share) => Math.exp(inner.toValue(share)),
  };
}

/**
 * A value with as many digits as a person wants to read.
 * @param {number} value
 * @param {number} digits that count
 */
export function readable(value, digits = 2) {
  return Number(value.toPrecision(digits));
}
