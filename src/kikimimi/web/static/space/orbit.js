/**
 * A camera on a sphere around the middle of the space: turning, coming nearer, moving sideways. All
 * angles in radians; the space is the cube from -1 to 1. Pure; values are never changed in place.
 */

/**
 * @typedef {object} Orbit
 * @property {number} yaw around the upright axis, 0 looks along -z
 * @property {number} pitch upwards, at most `STEEPEST`
 * @property {number} distance from the target
 * @property {readonly [number, number, number]} target
 */

const STEEPEST = Math.PI / 2 - 0.01;
const NEAREST = 0.15;
const FARTHEST = 12;
/** Vertical angle of view. */
export const FIELD_OF_VIEW = (40 * Math.PI) / 180;

/** @type {Readonly<Orbit>} */
export const HOME = { yaw: 0.55, pitch: 0.3, distance: 4.9, target: [0, 0, 0] };
/** From the front, where the third axis is not seen. @type {Readonly<Orbit>} */
export const FRONT = { yaw: 0, pitch: 0, distance: 3.5, target: [0, 0, 0] };

/**
 * @param {Orbit} orbit
 * @param {number} yaw
 * @param {number} pitch
 * @returns {Orbit}
 */
export function turned(orbit, yaw, pitch) {
  const steep = Math.min(Math.max(orbit.pitch + pitch, -STEEPEST), STEEPEST);
  return { ...orbit, yaw: (orbit.yaw + yaw) % (2 * Math.PI), pitch: steep };
}

/**
 * @param {Orbit} orbit
 * @param {number} factor under 1 comes nearer
 * @returns {Orbit}
 */
export function approached(orbit, factor) {
  return { ...orbit, distance: Math.min(Math.max(orbit.distance * factor, NEAREST), FARTHEST) };
}

/**
 * Move the target so that what is under the pointer follows it.
 * @param {Orbit} orbit
 * @param {number} dx CSS pixels to the right
 * @param {number} dy CSS pixels downwards
 * @param {number} height of the picture
 * @returns {Orbit}
 */
export function shifted(orbit, dx, dy, height) {
  const perPixel = (2 * orbit.distance * Math.tan(FIELD_OF_VIEW / 2)) / height;
  const { right, up } = directions(orbit);
  const move = (/** @type {number} */ axis) =>
    Math.min(Math.max(orbit.target[axis] - right[axis] * dx * perPixel + up[axis] * dy * perPixel, -2), 2);
  return { ...orbit, target: [move(0), move(1), move(2)] };
}

/**
 * Come nearer to what is under the pointer rather than to the middle of the picture.
 * @param {Orbit} orbit
 * @param {number} factor
 * @param {number} x CSS pixels from the middle, rightwards
 * @param {number} y CSS pixels from the middle, downwards
 * @param {number} height
 * @returns {Orbit}
 */
export function approachedAt(orbit, factor, x, y, height) {
  const nearer = approached(orbit, factor);
  const share = 1 - nearer.distance / orbit.distance;
  return { ...shifted(orbit, -x * share, -y * share, height), distance: nearer.distance };
}

/**
 * @param {Orbit} orbit
 * @returns {[number, number, number]} where the camera stands
 */
export function eye(orbit) {
  const { back } = directions(orbit);
  const along = (/** @type {number} */ axis) => orbit.target[axis] + back[axis] * orbit.distance;
  return [along(0), along(1), along(2)];
}

/**
 * Unit vectors of the camera.
 * @param {Orbit} orbit
 * @returns {Record<"right" | "up" | "back", [number, number, number]>}
 */
export function directions({ yaw, pitch }) {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return { right: [cy, 0, -sy], up: [-sy * sp, cp, -cy * sp], back: [sy * cp, sp, cy * cp] };
}

/**
 * Between two cameras, for a glide.
 * @param {Orbit} from
 * @param {Orbit} to
 * @param {number} share 0 to 1
 * @returns {Orbit}
 */
export function between(from, to, share) {
  const turn = ((to.yaw - from.yaw + 3 * Math.PI) % (2 * Math.PI)) - Math.PI;
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + (b - a) * share;
  return {
    yaw: from.yaw + turn * share,
    pitch: mix(from.pitch, to.pitch),
    distance: from.distance * (to.distance / from.distance) ** share,
    target: [
      mix(from.target[0], to.target[0]),
      mix(from.target[1], to.target[1]),
      mix(from.target[2], to.target[2]),
    ],
  };
}

/**
 * The matrix from the space to clip coordinates, column by column as WebGL has it.
 * @param {Orbit} orbit
 * @param {number} aspect width over height
 * @returns {Float64Array} 16 numbers
 */
export function viewProjection(orbit, aspect) {
  const { right, up, back } = directions(orbit);
  const at = eye(orbit);
  const dot = (/** @type {readonly number[]} */ v) => v[0] * at[0] + v[1] * at[1] + v[2] * at[2];
  const focal = 1 / Math.tan(FIELD_OF_VIEW / 2);
  const [near, far] = clipping(orbit);
  const depth = (far + near) / (near - far);
  const rows = [
    [...right.map((c) => (c * focal) / aspect), (-dot(right) * focal) / aspect],
    [...up.map((c) => c * focal), -dot(up) * focal],
    [...back.map((c) => c * depth), -dot(back) * depth + (2 * far * near) / (near - far)],
    [...back.map((c) => -c), dot(back)],
  ];
  return Float64Array.from({ length: 16 }, (_, i) => rows[i % 4][i >> 2]);
}

/**
 * @param {Orbit} orbit
 * @returns {[near: number, far: number]}
 */
export function clipping({ distance }) {
  return [Math.max(0.01, distance - 5), distance + 5];
}
