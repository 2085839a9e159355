/**
 * Where points of the space lie on the screen, worked out as the shader of `cloud.js` does it.
 *
 * A place is four uint16 steps: x, y, z and colour.
 */

import { HIGHEST_STEP, NO_VALUE } from "./payload.js";

/** Steps in a place. */
export const PLACE_WIDTH = 4;
/** Where a sound without a value stands: on a shelf before the axis begins. */
export const SHELF = -1.1;

/**
 * @param {number} step
 * @returns {number} -1 to 1, or the shelf
 */
export function coordinate(step) {
  return step === NO_VALUE ? SHELF : (2 * step) / HIGHEST_STEP - 1;
}

/**
 * @typedef {object} Projection
 * @property {Uint32Array} indices of the points, as they were given
 * @property {Float32Array} x CSS pixels; NaN for what lies behind the camera
 * @property {Float32Array} y CSS pixels
 * @property {Float32Array} depth distance from the camera's plane
 * @property {number} width
 * @property {number} height
 */

/**
 * @param {Uint16Array} places
 * @param {Uint32Array} indices which points
 * @param {ArrayLike<number>} matrix from `viewProjection`
 * @param {{width: number, height: number, flat: number}} screen `flat` 1 puts all on z = 0
 * @returns {Projection}
 */
export function project(places, indices, matrix, { width, height, flat }) {
  const count = indices.length;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const depth = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = PLACE_WIDTH * indices[i];
    const px = coordinate(places[at]);
    const py = coordinate(places[at + 1]);
    const pz = coordinate(places[at + 2]) * (1 - flat);
    const w = matrix[3] * px + matrix[7] * py + matrix[11] * pz + matrix[15];
    const behind = w <= 0.001;
    const sx = (matrix[0] * px + matrix[4] * py + matrix[8] * pz + matrix[12]) / w;
    const sy = (matrix[1] * px + matrix[5] * py + matrix[9] * pz + matrix[13]) / w;
    x[i] = behind ? NaN : ((sx + 1) / 2) * width;
    y[i] = behind ? NaN : ((1 - sy) / 2) * height;
    depth[i] = w;
  }
  return { indices, x, y, depth, width, height };
}

/**
 * One point of the space on the screen.
 * @param {readonly [number, number, number]} point coordinates from -1 to 1
 * @param {ArrayLike<number>} matrix
 * @param {{width: number, height: number}} screen
 * @returns {{x: number, y: number, depth: number} | null} null when it lies behind the camera
 */
export function projectPoint([px, py, pz], matrix, { width, height }) {
  const w = matrix[3] * px + matrix[7] * py + matrix[11] * pz + matrix[15];
  if (w <= 0.001) return null;
  const sx = (matrix[0] * px + matrix[4] * py + matrix[8] * pz + matrix[12]) / w;
  const sy = (matrix[1] * px + matrix[5] * py + matrix[9] * pz + matrix[13]) / w;
  return { x: ((sx + 1) / 2) * width, y: ((1 - sy) / 2) * height, depth: w };
}

/**
 * @param {readonly (readonly [number, number, number])[]} points
 * @param {readonly number[]} weights
 * @returns {[number, number, number]}
 */
export function weightedMean(points, weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const mean = (/** @type {0 | 1 | 2} */ axis) =>
    points.reduce((sum, point, i) => sum + point[axis] * weights[i], 0) / total;
  return [mean(0), mean(1), mean(2)];
}
