/** The tags of several sounds together. Pure. */

/** @typedef {import("../api/types.js").Tag} Tag */

/**
 * @typedef {object} Merged
 * @property {string} name
 * @property {string} label_en
 * @property {string} label_ja
 * @property {"user"|"taught"|"auto"} source the strongest that a sound has it from
 * @property {number} score the highest
 * @property {number} count sounds that have it
 */

const STRENGTH = { user: 3, taught: 2, auto: 1, rejected: 0 };

/**
 * The user's own first, then by how many sounds have a tag, then by score; rejected ones are left out.
 * @param {readonly {tags: readonly Tag[]}[]} sounds
 * @returns {Merged[]}
 */
export function mergeTags(sounds) {
  /** @type {Map<string, Merged>} */
  const merged = new Map();
  for (const { tags } of sounds) for (const tag of tags) take(merged, tag);
  const order = (/** @type {Merged} */ tag) => (tag.source === "user" ? 1 : 0);
  return [...merged.values()].sort((a, b) => order(b) - order(a) || b.count - a.count || b.score - a.score);
}

/**
 * @param {Map<string, Merged>} merged
 * @param {Tag} tag
 */
function take(merged, { name, label_en, label_ja, score, source }) {
  if (source === "rejected") return;
  const before = merged.get(name);
  if (!before) {
    merged.set(name, { name, label_en, label_ja, score, source, count: 1 });
    return;
  }
  before.count += 1;
  before.score = Math.max(before.score, score);
  if (STRENGTH[source] > STRENGTH[before.source]) before.source = source;
}
