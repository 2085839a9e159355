/** Values with units as people read them. Pure. */

/**
 * A value as people read it, with its unit: `1.2 kHz`, `−23 LUFS`, `0.05 s`.
 * @param {number} value
 * @param {string} unit as the server names it; empty for numbers without one
 * @returns {string}
 */
export function formatValue(value, unit) {
  if (unit === "Hz" && Math.abs(value) >= 1000) return `${short(value / 1000)} kHz`;
  if (unit === "s" && value >= 120) return `${short(value / 60)} min`;
  return unit ? `${short(value)} ${unit}` : short(value);
}

/**
 * @param {number} value
 * @returns {string} three digits that count at most, with a real minus
 */
function short(value) {
  const digits = Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return digits.replace("-", "−");
}
