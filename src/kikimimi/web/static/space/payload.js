/**
 * The server's answer to `/api/space/values`: one line of JSON, then little-endian numbers: an
 * uint32 id for each sound, then an uint16 for each sound and axis.
 */

/** Stands for "this sound has no such value". */
export const NO_VALUE = 65535;
/** The step of the highest value. */
export const HIGHEST_STEP = 65534;

/**
 * @typedef {object} AxisValues
 * @property {string} key
 * @property {"linear" | "log"} scale what the steps are equal in
 * @property {number} min value of step 0, in the axis's unit
 * @property {number} max value of step `HIGHEST_STEP`
 * @property {Uint16Array} steps one a sound
 */

/**
 * @typedef {object} SpacePayload
 * @property {number} revision of the library
 * @property {Uint32Array} ids ascending
 * @property {AxisValues[]} axes
 */

const NEWLINE = 10;

/**
 * @param {ArrayBuffer} body
 * @returns {SpacePayload}
 * @throws {RangeError} the body is cut off or has no header
 */
export function decodePayload(body) {
  const bytes = new Uint8Array(body);
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw new RangeError("the values of the space came without a header");
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const { count, revision, axes } = header;
  const needed = end + 1 + 4 * count + 2 * count * axes.length;
  if (bytes.length < needed) {
    throw new RangeError(`the values of the space are cut off: ${bytes.length} of ${needed} bytes`);
  }
  const view = new DataView(body, end + 1);
  return {
    revision,
    ids: readWords(view, count),
    axes: axes.map((/** @type {Omit<AxisValues, "steps">} */ axis, /** @type {number} */ i) => ({
      key: axis.key,
      scale: axis.scale,
      min: axis.min,
      max: axis.max,
      steps: readHalves(view, 4 * count + 2 * count * i, count),
    })),
  };
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * @param {DataView} view
 * @param {number} count
 * @returns {Uint32Array} the ids, which stand first
 */
function readWords(view, count) {
  const start = view.byteOffset;
  if (LITTLE_ENDIAN) return new Uint32Array(view.buffer.slice(start, start + 4 * count));
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
}

/**
 * @param {DataView} view
 * @param {number} offset
 * @param {number} count
 * @returns {Uint16Array}
 */
function readHalves(view, offset, count) {
  const start = view.byteOffset + offset;
  if (LITTLE_ENDIAN) return new Uint16Array(view.buffer.slice(start, start + 2 * count));
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(offset + 2 * i, true));
}

/**
 * The value of a step in the axis's unit.
 * @param {AxisValues} axis
 * @param {number} index of the sound
 * @returns {number | null}
 */
export function valueAt(axis, index) {
  const step = axis.steps[index];
  return step === NO_VALUE ? null : valueOfShare(axis, step / HIGHEST_STEP);
}

/**
 * @param {{scale: "linear" | "log", min: number, max: number}} axis
 * @param {number} share 0 to 1 along the axis
 * @returns {number}
 */
export function valueOfShare({ scale, min, max }, share) {
  if (scale === "log") return min * (max / min) ** share;
  return min + share * (max - min);
}

/**
 * @param {{scale: "linear" | "log", min: number, max: number}} axis
 * @param {number} value
 * @returns {number} 0 to 1 within the axis
 */
export function shareOfValue({ scale, min, max }, value) {
  if (max === min) return 0.5;
  if (scale === "log") return Math.log(value / min) / Math.log(max / min);
  return (value - min) / (max - min);
}

/**
 * Where a sound stands in `ids`, by halving, since they ascend.
 * @param {Uint32Array} ids
 * @param {number} id
 * @returns {number} -1 when it is not there
 */
export function indexOfId(ids, id) {
  let [low, high] = [0, ids.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (ids[middle] === id) return middle;
    if (ids[middle] < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
