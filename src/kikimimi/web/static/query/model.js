/** What the user asks for, as one frozen value that every part of the page reads and replaces. */

/**
 * @typedef {object} Example a sound to be near to (weight 1) or far from (weight -1)
 * @property {number} [sound] id of a sound of the library
 * @property {string} [upload] key of an uploaded sound
 * @property {number} [start_s]
 * @property {number} [end_s]
 * @property {1|-1} weight
 */

/**
 * @typedef {object} PageQuery
 * @property {string} text
 * @property {readonly string[]} tags
 * @property {readonly string[]} without_tags
 * @property {readonly string[]} formats
 * @property {readonly number[]} sample_rates_hz
 * @property {readonly number[]} channels
 * @property {readonly string[]} folders
 * @property {number|null} min_duration_s
 * @property {number|null} max_duration_s
 * @property {number|null} min_loudness_lufs
 * @property {number|null} max_loudness_lufs
 * @property {number|null} playlist
 * @property {boolean|null} missing
 * @property {readonly Example[]} like
 * @property {string} sort
 * @property {boolean} descending
 */

/** @returns {PageQuery} */
export function emptyQuery() {
  return Object.freeze({
    text: "",
    tags: [],
    without_tags: [],
    formats: [],
    sample_rates_hz: [],
    channels: [],
    folders: [],
    min_duration_s: null,
    max_duration_s: null,
    min_loudness_lufs: null,
    max_loudness_lufs: null,
    playlist: null,
    missing: null,
    like: [],
    sort: "rank",
    descending: false,
  });
}

/** The fields that hold several alternatives. @type {readonly (keyof PageQuery)[]} */
export const LIST_FIELDS = ["tags", "without_tags", "formats", "sample_rates_hz", "channels", "folders", "like"];

/**
 * The body of `POST /api/results`: only what is set; `missing` that is false is a condition too.
 * @param {PageQuery} query
 * @returns {Record<string, unknown>}
 */
export function toRequest(query) {
  const set = Object.entries(query).filter(([, value]) => {
    if (Array.isArray(value)) return value.length > 0;
    return value !== null && value !== "";
  });
  return Object.fromEntries(set);
}

/**
 * Whether the query narrows the library at all; the order alone does not.
 * @param {PageQuery} query
 */
export function isEmptyQuery(query) {
  const { sort: _sort, descending: _descending, ...rest } = query;
  return Object.keys(toRequest(/** @type {PageQuery} */ (rest))).length === 0;
}
