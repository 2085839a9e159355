/**
 * Levels of detail: an order of the sounds of which every beginning is an even sample, so that
 * drawing fewer points is drawing the first so many of them.
 *
 * The order depends on the ids alone. A sound that is drawn at some level stays drawn at all finer
 * ones, on other axes too, and new sounds do not change the order of the others.
 */

/**
 * @param {number} id
 * @returns {number} an uint32 that looks random (the finaliser of MurmurHash3, Appleby, public domain)
 */
export function scatter(id) {
  let hash = id >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Indices of `ids` in the order in which they are to be drawn.
 * @param {Uint32Array} ids
 * @param {((index: number) => boolean) | null} [wanted] which sounds to draw; all when null
 * @returns {Uint32Array}
 */
export function detailOrder(ids, wanted = null) {
  // Sorting doubles that hold hash and index together is far faster than a comparing sort.
  const keys = new Float64Array(ids.length);
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    if (wanted === null || wanted(i)) keys[count++] = scatter(ids[i]) * 2 ** 21 + i;
  }
  return Uint32Array.from(keys.subarray(0, count).sort(), (key) => key % 2 ** 21);
}

/** The most sounds that `detailOrder` can tell apart. */
export const MOST_SOUNDS = 2 ** 21;
