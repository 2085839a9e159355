/**
 * The shapes that the server answers with, as `docs` of the HTTP contract has them: times in
 * seconds, frequencies in Hz, levels in dB or LUFS.
 */

/**
 * @typedef {object} Tag
 * @property {string} name
 * @property {string} label_en
 * @property {string} label_ja
 * @property {number} score in [0, 1]
 * @property {"auto"|"user"|"taught"|"rejected"} source
 */

/**
 * @typedef {object} Row
 * @property {number} id
 * @property {string} name
 * @property {string} folder
 * @property {number} duration_s
 * @property {number} sample_rate_hz
 * @property {number} channels
 * @property {string} format
 * @property {boolean} missing
 * @property {boolean} playable a browser can play the file itself
 * @property {Tag[]} tags the best eight
 * @property {number|null} distance
 * @property {number|null} start_s of the part that fits best
 * @property {number|null} end_s
 * @property {number|null} loudness_lufs
 * @property {number|null} gain_db to -23 LUFS
 * @property {string|null} overview base64 of 128 pairs of int8: lowest, highest
 */

/**
 * @typedef {Row & {path: string, size_bytes: number, subtype: string, added_at: string,
 *   playlists: {id: number, name: string}[], measures: Record<string, number|null>}} Sound
 */

/**
 * @typedef {object} Job
 * @property {number|string} id
 * @property {string} kind
 * @property {number} done
 * @property {number} total
 * @property {string|null} path
 * @property {number} [audio_seconds]
 * @property {number|null} [rate]
 * @property {number|null} eta_s
 * @property {"running"|"done"|"failed"|"stopped"|string} state
 * @property {number} [failed] how many inputs could not be used
 * @property {({path: string, reason: string})[]} failures the first of them
 * @property {string} [message] why the whole job failed
 * @property {Record<string, any>} [report] figures of a job that is done
 */

/**
 * @typedef {object} Label a change in the journal, worded by the page
 * @property {string} kind
 * @property {Record<string, any>} params
 */

/**
 * @typedef {object} Status
 * @property {string} version
 * @property {{path: string, sounds: number, missing: number, encoder: string, vocabulary_size: number, revision: number, exists?: boolean}} library
 * @property {Job[]} jobs
 * @property {Label|null} can_undo
 * @property {Label|null} can_redo
 * @property {boolean} [is_loopback] the server runs on this machine
 * @property {boolean} is_live a listener runs beside the server
 */

/**
 * @typedef {object} Result
 * @property {string} result the key that the server holds it under
 * @property {number} total
 * @property {number} ms
 * @property {unknown} words_found_by
 * @property {Row[]} rows the first of them
 */

/** @typedef {{name: string, label_en: string, label_ja: string, count: number}} TagCount */
/** @typedef {{from: number, to: number, count: number}} Bin */

/**
 * @typedef {object} Facets
 * @property {TagCount[]} tags
 * @property {{path: string, count: number}[]} folders
 * @property {{value: string, count: number}[]} formats
 * @property {{value: number, count: number}[]} sample_rates_hz
 * @property {{value: number, count: number}[]} channels
 * @property {Bin[]} duration
 * @property {Bin[]} loudness
 */

/** @typedef {{id: number, name: string, count: number, duration_s: number}} Playlist */
/**
 * @typedef {object} Changed
 * @property {number} revision
 * @property {number} changed rows
 * @property {Label|null} undo
 * @property {number|null} change what `undo` takes to undo just this one, null when nothing was changed, or too much to be undone
 */

/** @typedef {{upload: string, name: string, duration_s: number, overview: string|null, sample_rate_hz: number}} Upload */
/** @typedef {{sounds: number[]}|{result: string}} Sounds which sounds a change is for */
/** @typedef {{tags: TagCount[], folders: {path: string, count?: number}[], recent?: string[]}} Suggestions */

/**
 * @typedef {Changed & {name: string, tag: {tagged: number}, added: number, removed: number, best: Row[]}} TaughtReport
 *   `best`: new sounds that got the tag, the surest first
 */

export {};
