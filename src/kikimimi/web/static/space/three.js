/**
 * Loads three.js when the space is first opened. Only the parts that are used are described here,
 * since the vendored build comes without types.
 */

/** @typedef {{frustumCulled: boolean, geometry: any}} Object3D */

/**
 * @typedef {object} Three
 * @property {new (options: object) => any} WebGLRenderer
 * @property {new () => any} Scene
 * @property {new () => any} Camera
 * @property {new () => {fromArray: (values: number[]) => void}} Matrix4
 * @property {new (geometry: any, material: any) => Object3D} Points
 * @property {new (geometry: any, material: any) => Object3D} LineSegments
 * @property {new () => any} BufferGeometry
 * @property {new (array: ArrayLike<number>, width: number, normalised?: boolean) => any} BufferAttribute
 * @property {new (options: object) => any} RawShaderMaterial
 * @property {new (data: Uint8Array, width: number, height: number) => any} DataTexture
 * @property {new () => any} Color
 * @property {string} GLSL3
 * @property {number} LinearFilter
 * @property {string} SRGBColorSpace
 * @property {string} LinearSRGBColorSpace
 */

const SOURCE = "../vendor/three/three.module.min.js";

/** @returns {Promise<Three>} */
export async function loadThree() {
  return import(SOURCE);
}

/** @returns {boolean} whether this browser can draw the space */
export function hasWebGl() {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}
