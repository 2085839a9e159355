/**
 * The frame around the space: walls behind the points with a line for each tick, and which edges
 * carry the labels, for any place of the camera. Coordinates from -1 to 1. Pure.
 */

import { directions } from "./orbit.js";

/** Where the one wall of the 2-D mode stands: just behind the points, which lie on z = 0. */
const BEHIND = -0.01;

/** @typedef {readonly [number, number, number]} Point */

/**
 * @typedef {object} LabelledEdge
 * @property {0 | 1 | 2} axis along which it runs
 * @property {Point} start at the lowest value
 * @property {Point} end at the highest value
 */

/**
 * @typedef {object} FrameShape
 * @property {Point} back signs of the corner where the three walls meet
 * @property {LabelledEdge[]} edges
 */

/**
 * @param {import("./orbit.js").Orbit} orbit
 * @param {boolean} flat
 * @returns {FrameShape}
 */
export function frameShape(orbit, flat) {
  if (flat) {
    return {
      back: [-1, -1, 0],
      edges: [
        { axis: 0, start: [-1, -1, 0], end: [1, -1, 0] },
        { axis: 1, start: [-1, -1, 0], end: [-1, 1, 0] },
      ],
    };
  }
  const { back, right } = directions(orbit);
  const near = { x: signOf(back[0]), y: signOf(back[1]), z: signOf(back[2]) };
  // The two outlines of the upright edges are where the one nearness changes and the other does not.
  const [side, depth] = leftmost(right);
  return {
    back: [-near.x, -near.y, -near.z],
    edges: [
      { axis: 0, start: [-1, -near.y, near.z], end: [1, -near.y, near.z] },
      { axis: 1, start: [side, -1, depth], end: [side, 1, depth] },
      { axis: 2, start: [near.x, -near.y, -1], end: [near.x, -near.y, 1] },
    ],
  };
}

/**
 * @param {readonly [number, number, number]} right of the camera
 * @returns {[number, number]} x and z of the upright edge farthest to the left
 */
function leftmost(right) {
  return [-signOf(right[0]), -signOf(right[2])];
}

/**
 * @param {number} value
 * @returns {1 | -1}
 */
function signOf(value) {
  return value >= 0 ? 1 : -1;
}

/**
 * Lines of the walls: their borders, and across each wall one line a tick.
 * @param {FrameShape} shape
 * @param {readonly (readonly number[])[]} ticks of each axis, as coordinates
 * @param {boolean} flat
 * @returns {Float32Array} (lines, 2, 3) ends
 */
export function frameLines({ back }, ticks, flat) {
  /** @type {number[]} */
  const ends = [];
  /** @param {number[]} one @param {number[]} other */
  const line = (one, other) => ends.push(...one, ...other);
  /** @type {[number, number, number][]} a wall: its two axes and the one that it stands across */
  const walls = flat ? [[0, 1, 2]] : [[0, 1, 2], [0, 2, 1], [1, 2, 0]];
  for (const [one, other, fixed] of walls) {
    for (const [along, across] of [[one, other], [other, one]]) {
      for (const at of [-1, ...ticks[along], 1]) {
        const [start, end] = [[0, 0, 0], [0, 0, 0]];
        start[along] = end[along] = at;
        start[fixed] = end[fixed] = flat ? BEHIND : back[fixed];
        [start[across], end[across]] = [-1, 1];
        line(start, end);
      }
    }
  }
  return Float32Array.from(ends);
}
