/** Numbers as people type them in filters. Pure. */

const NUMBER = "([-−]?\\d+(?:\\.\\d*)?|[-−]?\\.\\d+)";
const BETWEEN = new RegExp(`^${NUMBER}(?:\\.\\.|[-–〜～])${NUMBER}$`);
const BOUND = new RegExp(`^([<>≤≥])=?${NUMBER}$`);
const ALONE = new RegExp(`^${NUMBER}$`);

/**
 * `2-10`, `-30..-20`, `<3`, `>60`; a number alone is within 10 % of it.
 * @param {string} text
 * @returns {[number|null, number|null]|null} lowest and highest, null where open; null when unreadable
 */
export function parseRange(text) {
  const plain = text.replace(/\s/g, "").replace(/(?<=[\d.])s(?=$|[-–〜～.])/g, "");
  const between = BETWEEN.exec(plain);
  if (between) {
    const [low, high] = [toNumber(between[1]), toNumber(between[2])];
    return low <= high ? [low, high] : null;
  }
  const bound = BOUND.exec(plain);
  if (bound) return "<≤".includes(bound[1]) ? [null, toNumber(bound[2])] : [toNumber(bound[2]), null];
  const alone = ALONE.exec(plain);
  if (!alone) return null;
  const middle = toNumber(alone[1]);
  const tenth = Math.abs(middle) / 10;
  return [round(middle - tenth), round(middle + tenth)];
}

/**
 * What `parseRange` reads back.
 * @param {number|null} low
 * @param {number|null} high
 */
export function formatRange(low, high) {
  if (low === null) return `<${high}`;
  if (high === null) return `>${low}`;
  return `${low}..${high}`;
}

/**
 * `48000`, `48k`, `44.1kHz`.
 * @param {string} text
 * @returns {number|null} Hz
 */
export function parseSampleRate(text) {
  const found = /^(\d+(?:\.\d+)?)(k?)(?:hz)?$/i.exec(text.trim());
  return found ? Math.round(Number(found[1]) * (found[2] ? 1000 : 1)) : null;
}

/** @param {string} text */
function toNumber(text) {
  return Number(text.replace("−", "-"));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
