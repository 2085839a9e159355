/**
 * The values of the axes that were asked for, kept until the library changes. Only what is not here
 * yet is fetched; each fetch is for the whole library, so that positions do not depend on a search.
 */

import { framed, spread } from "./bulk.js";
import { HIGHEST_STEP, NO_VALUE } from "./payload.js";
import { PLACE_WIDTH } from "./projection.js";
import { CHANNELS, NOTHING } from "./settings.js";

/** @typedef {import("./payload.js").AxisValues} AxisValues */
/** @typedef {import("./payload.js").SpacePayload} SpacePayload */
/** @typedef {import("./settings.js").Channels} Channels */

/** Axes that are kept at most: 100,000 sounds are 200 kB an axis. */
const KEPT = 24;

/**
 * @typedef {object} AxisStore
 * @property {(keys: readonly string[], signal?: AbortSignal) => Promise<void>} load
 * @property {(key: string | undefined) => AxisValues | null} axis
 * @property {() => Uint32Array} ids ascending
 * @property {() => void} clear the library has changed
 */

/**
 * @param {(keys: readonly string[], signal?: AbortSignal) => Promise<SpacePayload>} fetchValues
 * @returns {AxisStore}
 */
export function createAxisStore(fetchValues) {
  /** @type {Map<string, AxisValues>} */
  let axes = new Map();
  let ids = new Uint32Array(0);
  let revision = -1;

  /** @param {SpacePayload} payload */
  const take = (payload) => {
    if (payload.revision !== revision || payload.ids.length !== ids.length) {
      axes = new Map();
      ids = Uint32Array.from(payload.ids);
      revision = payload.revision;
    }
    for (const axis of payload.axes) axes.set(axis.key, axis);
  };

  return {
    async load(keys, signal) {
      const missing = () => keys.filter((key) => !axes.has(key));
      while (axes.size + missing().length > Math.max(KEPT, keys.length) && axes.size > 0) {
        const oldest = [...axes.keys()].find((key) => !keys.includes(key));
        if (oldest === undefined) break;
        axes.delete(oldest);
      }
      if (missing().length > 0) take(await fetchValues(missing(), signal));
      // The library may have changed between two answers; then all are asked for once more.
      if (missing().length > 0) take(await fetchValues(keys, signal));
    },
    axis: (key) => (key === undefined ? null : (axes.get(key) ?? null)),
    ids: () => ids,
    clear() {
      axes = new Map();
      revision = -1;
    },
  };
}

/**
 * What the picture needs, from the axes of the channels.
 * @param {AxisStore} store
 * @param {Channels} channels
 * @returns {{places: Uint16Array, sizes: Uint16Array, missing: number, beyond: number}} `missing`
 *   counts the sounds without a value on x, y or z, `beyond` those that lie outside of the frame
 */
export function layOut(store, channels) {
  const count = store.ids().length;
  const places = new Uint16Array(PLACE_WIDTH * count);
  const sizes = new Uint16Array(count).fill(HIGHEST_STEP * 0.3);
  let [missing, beyond] = [0, 0];
  const axes = CHANNELS.map((channel) => store.axis(channels[channel]));
  const size = axes[4]?.steps;
  const cut = axes.slice(0, 3).flatMap((axis) => (axis && framed(axis) !== axis ? [framed(axis)] : []));
  const [x, y, z] = axes.slice(0, 3).map((axis) => axis && framed(axis).steps);
  const coloured = store.axis(channels.colour);
  const colour = coloured && spread(coloured).steps;
  for (let i = 0; i < count; i++) {
    const at = PLACE_WIDTH * i;
    places[at] = x ? x[i] : NO_VALUE;
    places[at + 1] = y ? y[i] : NO_VALUE;
    places[at + 2] = z ? z[i] : NO_VALUE;
    places[at + 3] = colour ? colour[i] : NO_VALUE;
    if (size) sizes[i] = size[i];
    if (Math.max(places[at], places[at + 1], places[at + 2]) === NO_VALUE) missing++;
    else if (cut.some(({ steps }) => steps[i] === 0 || steps[i] === HIGHEST_STEP)) beyond++;
  }
  return { places, sizes, missing, beyond };
}

/**
 * Keys of the axes that the channels show, each once.
 * @param {Channels} channels
 * @returns {string[]}
 */
export function wantedKeys(channels) {
  const keys = CHANNELS.map((channel) => channels[channel]).filter((key) => key !== undefined && key !== NOTHING);
  return [...new Set(/** @type {string[]} */ (keys))];
}
