/** Tags of two vocabularies that name the same thing, as `audioset/Rain` and `esc50/rain`. Pure. */

/** @typedef {{name: string, label_en?: string, label_ja?: string}} Named */

/** @type {Record<string, string>} */
const VOCABULARIES = { audioset: "AudioSet", esc50: "ESC-50" };

/**
 * What a tag names. The Japanese names were given by hand, so that equal ones mean the same thing;
 * the English ones are those of the vocabularies ("Church bell", "Church bells").
 * @param {Named} tag
 */
function thing({ name, label_ja }) {
  return label_ja || name;
}

/**
 * The first tag of each thing.
 * @template {Named} T
 * @param {readonly T[]} tags in the order in which they would be shown
 * @returns {T[]}
 */
export function distinctTags(tags) {
  /** @type {Map<string, T>} */
  const first = new Map();
  for (const tag of tags) if (!first.has(thing(tag))) first.set(thing(tag), tag);
  return [...first.values()];
}

/**
 * Labels that tell tags apart: where two of the list read the same, each also names its vocabulary.
 * @template {Named} T
 * @param {readonly T[]} tags
 * @param {(tag: T) => string} labelOf
 * @returns {Map<string, string>} by name of the tag
 */
export function unlikeLabels(tags, labelOf) {
  /** @type {Map<string, Set<string>>} */
  const named = new Map();
  for (const tag of tags) named.set(labelOf(tag), (named.get(labelOf(tag)) ?? new Set()).add(tag.name));
  const label = (/** @type {T} */ tag) => {
    const text = labelOf(tag);
    const vocabulary = VOCABULARIES[tag.name.split("/")[0]];
    return vocabulary && (named.get(text)?.size ?? 0) > 1 ? `${text} (${vocabulary})` : text;
  };
  return new Map(tags.map((tag) => [tag.name, label(tag)]));
}
