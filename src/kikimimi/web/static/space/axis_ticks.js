/** Round values along an axis. Pure. */

/** @typedef {{scale: "linear" | "log", min: number, max: number}} Range */

/**
 * About `wanted` round values within a range; on a log axis 1, 2 and 5 of each power of ten, or the
 * powers alone when the range is wide.
 * @param {Range} range
 * @param {number} [wanted]
 * @returns {number[]}
 */
export function axisTicks(range, wanted = 5) {
  if (!(range.max > range.min)) return [range.min];
  const ticks = range.scale === "log" ? logTicks(range, wanted) : linearTicks(range, wanted);
  return ticks.length >= 2 || range.scale === "linear" ? ticks : linearTicks(range, wanted);
}

/**
 * @param {Range} range
 * @param {number} wanted
 * @returns {number[]}
 */
function linearTicks({ min, max }, wanted) {
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  // The round step nearest to the rough one, by ratio.
  const digit = [1, 2, 5, 10].findLast((one) => one <= 1 || rough / power >= one / Math.SQRT2) ?? 1;
  const step = digit * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // Dividing by the inverse keeps 0.3 from becoming 0.30000000000000004.
  const inverse = Math.round(1 / step);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    step < 1 ? (first + i) / inverse : (first + i) * step,
  );
}

/**
 * @param {Range} range
 * @param {number} wanted
 * @returns {number[]}
 */
function logTicks({ min, max }, wanted) {
  const decades = Math.log10(max / min);
  const digits = decades > wanted * 0.75 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const all = Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((power) =>
    digits.map((digit) => (power < 0 ? digit / 10 ** -power : digit * 10 ** power)),
  );
  return all.filter((value) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9));
}
