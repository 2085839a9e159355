/**
 * Rows of a running spectrogram, the last ones of a fixed number, by their place in time. Pure.
 * Memory is taken once.
 */

/** A byte of level is this many dB; 0 is `LOWEST_DB`. */
export const DB_OF_STEP = 100 / 255;
export const LOWEST_DB = -100;

const ROUND_DB = 10;
const LEAST_RANGE_DB = 40;

/**
 * @typedef {object} SpectrumRing
 * @property {number} bands
 * @property {number} rowS
 * @property {(endS: number, levels: Uint8Array) => void} put levels from the lowest band up
 * @property {(number: number) => Uint8Array|null} row by its number: it ends at (number + 1) * rowS
 * @property {() => number} endS
 * @property {() => {floorDb: number, ceilingDb: number}} range of most levels, in tens of dB
 */

/**
 * @param {{bands: number, rowS: number, keptS: number}} options
 * @returns {SpectrumRing}
 */
export function createSpectrumRing({ bands, rowS, keptS }) {
  const size = Math.ceil(keptS / rowS);
  const levels = new Uint8Array(size * bands);
  const numbers = new Float64Array(size).fill(-1);
  const counts = new Float64Array(256);
  let last = -1;

  /** @param {number} place */
  const levelsAt = (place) => levels.subarray(place * bands, (place + 1) * bands);
  /** @param {Uint8Array} row @param {number} by */
  const count = (row, by) => row.forEach((level) => (counts[level] += by));

  return {
    bands,
    rowS,
    put(endS, row) {
      const number = Math.round(endS / rowS) - 1;
      const place = number % size;
      if (number < 0 || row.length !== bands) return;
      if (numbers[place] >= 0) count(levelsAt(place), -1);
      numbers[place] = number;
      levelsAt(place).set(row);
      count(row, 1);
      last = Math.max(last, number);
    },
    row(number) {
      const place = number % size;
      return number >= 0 && numbers[place] === number ? levelsAt(place) : null;
    },
    endS: () => (last + 1) * rowS,
    range: () => rangeOf(counts),
  };
}

/**
 * The range that shows most of some levels; in tens of dB, so that colours do not change with every row.
 * @param {Float64Array} counts of each level; silence, level 0, does not count
 * @returns {{floorDb: number, ceilingDb: number}}
 */
export function rangeOf(counts) {
  const total = counts.reduce((sum, each, level) => sum + (level ? each : 0), 0);
  if (total === 0) return { floorDb: -90, ceilingDb: -30 };
  /** @param {number} share */
  const level = (share) => {
    let sum = 0;
    for (let each = 1; each < 256; each++) {
      sum += counts[each];
      if (sum >= share * total) return LOWEST_DB + each * DB_OF_STEP;
    }
    return 0;
  };
  const floorDb = Math.max(LOWEST_DB, ROUND_DB * Math.floor(level(0.3) / ROUND_DB));
  const ceilingDb = Math.max(floorDb + LEAST_RANGE_DB, ROUND_DB * Math.ceil(level(0.995) / ROUND_DB));
  return { floorDb, ceilingDb };
}

/**
 * A picture of the rows that end between two times: bytes (bands from the top, columns), 0 at the
 * floor of the range and 255 at its ceiling. Where there are more rows than columns wanted, a column
 * is the loudest of several, always the same ones, so that nothing flickers as time goes on.
 * `known` tells the columns of which something is known: silence is no gap.
 * @param {SpectrumRing} ring
 * @param {{startS: number, endS: number, columns: number, floorDb: number, ceilingDb: number}} wanted
 */
export function spectrumPicture(ring, { startS, endS, columns, floorDb, ceilingDb }) {
  const [first, last] = [Math.floor(startS / ring.rowS), Math.ceil(endS / ring.rowS) - 1];
  const each = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, columns)));
  const [firstGroup, lastGroup] = [Math.floor(first / each), Math.floor(last / each)];
  const width = Math.max(0, lastGroup - firstGroup + 1);
  const levels = new Uint8Array(width * ring.bands);
  const known = new Uint8Array(width);
  const scale = (255 * DB_OF_STEP) / (ceilingDb - floorDb);
  const floor = (floorDb - LOWEST_DB) / DB_OF_STEP;
  for (let column = 0; column < width; column++) {
    for (let number = (firstGroup + column) * each; number < (firstGroup + column + 1) * each; number++) {
      const row = ring.row(number);
      if (row === null) continue;
      known[column] = 1;
      for (let band = 0; band < ring.bands; band++) {
        const at = (ring.bands - 1 - band) * width + column;
        const level = Math.min(255, Math.max(0, Math.round((row[band] - floor) * scale)));
        if (level > levels[at]) levels[at] = level;
      }
    }
  }
  return { levels, known, columns: width, rows: ring.bands, startS: firstGroup * each * ring.rowS, endS: (lastGroup + 1) * each * ring.rowS };
}
