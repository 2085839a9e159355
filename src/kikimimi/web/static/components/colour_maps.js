/**
 * Colour maps whose steps look even: paths through Oklab (Ottosson, "A perceptual color space for
 * image processing", 2020) on which lightness only rises, walked at constant speed.
 *
 * On a light ground the ramps run the other way and stay dark enough to be seen, so that in both
 * themes more of something stands out more.
 */

/** Entries of a map. */
export const MAP_STEPS = 256;

/** @typedef {[lightness: number, chroma: number, hueDegrees: number]} Stop */

/** @type {Record<string, {dark: Stop[], light: Stop[]}>} */
const PATHS = {
  kelp: {
    dark: [[0.38, 0.13, 295], [0.52, 0.11, 245], [0.66, 0.11, 190], [0.79, 0.17, 140], [0.92, 0.18, 105]],
    light: [[0.86, 0.1, 110], [0.74, 0.13, 145], [0.6, 0.1, 195], [0.45, 0.12, 250], [0.28, 0.13, 295]],
  },
  ember: {
    dark: [[0.36, 0.12, 290], [0.5, 0.17, 340], [0.64, 0.19, 20], [0.78, 0.15, 60], [0.93, 0.1, 100]],
    light: [[0.88, 0.07, 90], [0.75, 0.14, 60], [0.6, 0.19, 25], [0.45, 0.17, 345], [0.28, 0.11, 290]],
  },
  harbour: {
    dark: [[0.38, 0.09, 260], [0.52, 0.05, 262], [0.66, 0.02, 200], [0.79, 0.08, 100], [0.91, 0.15, 98]],
    light: [[0.86, 0.12, 95], [0.73, 0.09, 95], [0.59, 0.03, 120], [0.44, 0.07, 258], [0.28, 0.1, 262]],
  },
  image: {
    dark: [[0.13, 0.02, 280], [0.3, 0.12, 285], [0.5, 0.18, 340], [0.72, 0.16, 50], [0.96, 0.08, 100]],
    light: [[0.985, 0.005, 95], [0.85, 0.08, 90], [0.64, 0.17, 40], [0.42, 0.16, 345], [0.2, 0.08, 285]],
  },
};

/** Maps for points; `harbour` goes from blue to yellow, which most colour-blind people tell apart. */
export const POINT_MAPS = Object.freeze(["kelp", "ember", "harbour"]);

/**
 * A map as `MAP_STEPS` RGB triples in bytes, lowest value first.
 * @param {string} name
 * @param {"dark" | "light"} ground
 * @returns {Uint8Array}
 */
export function colourMap(name, ground) {
  const stops = (PATHS[name] ?? PATHS.kelp)[ground];
  const fine = walk(stops.map(toLab), 1024);
  const even = atEvenSteps(fine, MAP_STEPS);
  return Uint8Array.from(even.flatMap((colour) => toBytes(withinGamut(colour))));
}

/**
 * @param {Uint8Array} map
 * @param {number} share 0 to 1
 * @returns {string} a CSS colour
 */
export function cssColour(map, share) {
  const at = 3 * Math.round(Math.min(Math.max(share, 0), 1) * (MAP_STEPS - 1));
  return `rgb(${map[at]} ${map[at + 1]} ${map[at + 2]})`;
}

/** @typedef {[L: number, a: number, b: number]} Lab */

/**
 * @param {Stop} stop
 * @returns {Lab}
 */
function toLab([lightness, chroma, hue]) {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

/**
 * Points on a smooth curve (Catmull-Rom) through all stops.
 * @param {Lab[]} stops
 * @param {number} count
 * @returns {Lab[]}
 */
function walk(stops, count) {
  const last = stops.length - 1;
  return Array.from({ length: count }, (_, i) => {
    const place = (i / (count - 1)) * last;
    const from = Math.min(Math.floor(place), last - 1);
    const [before, start, end, after] = [-1, 0, 1, 2].map(
      (step) => stops[Math.min(Math.max(from + step, 0), last)],
    );
    const t = place - from;
    return /** @type {Lab} */ (
      [0, 1, 2].map((axis) => hermite(before[axis], start[axis], end[axis], after[axis], t))
    );
  });
}

/**
 * @param {number} before
 * @param {number} start
 * @param {number} end
 * @param {number} after
 * @param {number} t
 * @returns {number}
 */
function hermite(before, start, end, after, t) {
  const [out, into] = [(end - before) / 2, (after - start) / 2];
  const [t2, t3] = [t * t, t * t * t];
  const bend = (2 * t3 - 3 * t2 + 1) * start + (3 * t2 - 2 * t3) * end;
  return bend + (t3 - 2 * t2 + t) * out + (t3 - t2) * into;
}

/**
 * @param {Lab[]} path
 * @param {number} count
 * @returns {Lab[]} points of the path that lie equally far apart in Oklab
 */
function atEvenSteps(path, count) {
  const far = [0];
  for (let i = 1; i < path.length; i++) {
    const [one, other] = [path[i - 1], path[i]];
    far.push(far[i - 1] + Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
  }
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const wanted = (i / (count - 1)) * far[far.length - 1];
    while (at < far.length - 1 && far[at] < wanted) at++;
    return path[at];
  });
}

/**
 * Less chroma at the same lightness, until the colour can be shown in sRGB.
 * @param {Lab} colour
 * @returns {Lab}
 */
function withinGamut(colour) {
  let share = 1;
  while (share > 0 && toLinear(scaled(colour, share)).some((c) => c < -1e-4 || c > 1.0001)) {
    share -= 0.02;
  }
  return scaled(colour, Math.max(share, 0));
}

/**
 * @param {Lab} colour
 * @param {number} share
 * @returns {Lab}
 */
function scaled([lightness, a, b], share) {
  return [lightness, a * share, b * share];
}

/**
 * @param {Lab} colour
 * @returns {number[]} linear sRGB, 0 to 1 within the gamut
 */
function toLinear([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/**
 * @param {Lab} colour
 * @returns {number[]} sRGB bytes
 */
function toBytes(colour) {
  return toLinear(colour).map((value) => {
    const linear = Math.min(Math.max(value, 0), 1);
    const curved = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(255 * curved);
  });
}
