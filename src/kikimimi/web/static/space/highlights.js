/** Which points are ringed and linked: the chosen sound, the query, and their nearest. Pure. */

/** @typedef {import("./overlay.js").Ring} Ring */
/** @typedef {import("./overlay.js").Spot} Spot */
/** @typedef {{id: number, distance: number | null}} Near */

/** So many of the nearest say where an example stands that is not in the library. */
const PLACED_AMONG = 5;

/**
 * @param {object} content
 * @param {(id: number) => number} content.indexOf -1 for what is not in the space
 * @param {{id: number, label: string, near: Near[]} | null} content.current
 * @param {{examples: {id: number | null, label: string}[], near: Near[]} | null} content.query
 *   examples without an id are not in the library
 * @param {number} content.hovered id, -1 for none
 * @returns {{rings: Ring[], links: {from: Spot, to: Spot, strength: number}[]}}
 */
export function highlightsOf({ indexOf, current, query, hovered }) {
  /** @type {Ring[]} */
  const rings = [];
  /** @type {{from: Spot, to: Spot, strength: number}[]} */
  const links = [];
  /** @param {Spot} from @param {Near[]} near */
  const link = (from, near) => {
    const known = near.map((one) => ({ ...one, index: indexOf(one.id) })).filter(({ index }) => index >= 0);
    const strengths = strengthsOf(known.map(({ distance }) => distance));
    known.forEach(({ index }, i) => {
      if (index === from) return;
      rings.push({ spot: index, kind: "near" });
      links.push({ from, to: index, strength: strengths[i] });
    });
  };

  for (const { id, label } of query?.examples ?? []) {
    const spot = id === null ? among(query?.near ?? [], indexOf) : indexOf(id);
    if (spot === -1 || spot === null) continue;
    link(spot, query?.near ?? []);
    rings.push({ spot, kind: "query", label });
  }
  if (current !== null && indexOf(current.id) >= 0) {
    link(indexOf(current.id), current.near);
    rings.push({ spot: indexOf(current.id), kind: "current", label: current.label });
  }
  if (hovered >= 0 && indexOf(hovered) >= 0) rings.push({ spot: indexOf(hovered), kind: "hover" });
  return { rings, links };
}

/**
 * 1 for the nearest, towards 0 for the farthest.
 * @param {(number | null)[]} distances
 * @returns {number[]}
 */
export function strengthsOf(distances) {
  const known = distances.map((distance, i) => distance ?? i);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return known.map((distance) => (high > low ? 1 - (distance - low) / (high - low) : 1));
}

/**
 * @param {Near[]} near
 * @param {(id: number) => number} indexOf
 * @returns {Spot | null}
 */
function among(near, indexOf) {
  const known = near.slice(0, PLACED_AMONG).filter(({ id }) => indexOf(id) >= 0);
  if (known.length === 0) return null;
  // Weights fall with the distance; the small number keeps an exact copy finite.
  const weights = known.map(({ distance }, i) => 1 / ((distance ?? i + 1) + 0.05));
  return { among: known.map(({ id }) => indexOf(id)), weights };
}
