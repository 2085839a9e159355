/** Numbers as the page shows them. Pure. */

/**
 * `0.42 s`, `9.1 s`, `1:05`, `1:02:03`.
 * @param {number} seconds
 */
export function formatDuration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] ? parts : parts.slice(1);
  return [first, ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
}

/**
 * A place in a sound: `0:03.2`, `1:05.0`.
 * @param {number} seconds
 */
export function formatTime(seconds) {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

/**
 * `44.1k`, `48k`.
 * @param {number} hertz
 */
export function formatRate(hertz) {
  return `${Number((hertz / 1000).toFixed(1))}k`;
}

/** @param {number|null|undefined} lufs */
export function formatLoudness(lufs) {
  return lufs === null || lufs === undefined || !Number.isFinite(lufs) ? "–" : lufs.toFixed(1).replace("-", "−");
}

/** @param {number|null|undefined} distance */
export function formatDistance(distance) {
  return distance === null || distance === undefined ? "" : distance.toFixed(2);
}

/**
 * The last parts of a folder, what tells folders apart.
 * @param {string} folder
 * @param {number} [parts]
 */
export function shortFolder(folder, parts = 2) {
  const names = folder.split(/[/\\]/).filter(Boolean);
  return names.length <= parts ? folder : names.slice(-parts).join("/");
}

/**
 * The share of a whole, within 0 and 1.
 * @param {number} done
 * @param {number} total
 */
export function share(done, total) {
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}
