/** What the page asks of a listener beside the server. */

import { requestJson } from "../api/http.js";

/** @typedef {"starting"|"heard"|"away"|"back"|"ended"} SourceState */

/**
 * @typedef {object} Now how it stands
 * @property {SourceState} state
 * @property {string} since
 * @property {string} message
 * @property {number} quiet_s how long no sound came
 * @property {number} at_s a place in the sound
 * @property {string} time the wall's clock there
 * @property {number|null} heard_s
 */

/**
 * @typedef {object} Started the sound that is heard
 * @property {string} source
 * @property {number} sample_rate_hz
 * @property {number} channels
 * @property {number[]} bands_hz edges of the bands, from the lowest
 * @property {number} row_s
 */

/** @typedef {{at_s: number, LAF: number, LAFmax: number, LAeq: number}} Level of a second that ends at `at_s` */

/**
 * @typedef {object} Happening
 * @property {number} sound
 * @property {"event"|"anomaly"|"level"} kind
 * @property {string} label
 * @property {string} label_en
 * @property {string} label_ja
 * @property {string} time
 * @property {number} onset_s
 * @property {number} duration_s
 * @property {number} score
 * @property {number|null} level_db
 * @property {boolean} is_over
 */

/**
 * @typedef {Omit<Happening, "is_over"> & {id: string, rule: string, description: string, count: number, held_off: number}} Alert
 */

/** @typedef {{time: string, part: string, message: string, is_over: boolean}} Fault */
/** @typedef {{action: string, waiting: number, is_failing: boolean}} Queue */

/**
 * @typedef {object} News what the page did not know yet
 * @property {string} run another one after a restart of the listener
 * @property {number} next
 * @property {number} sound
 * @property {boolean} keeps_audio
 * @property {number} full_scale_db
 * @property {Now} now
 * @property {Started|null} started
 * @property {{end_s: number[], levels: string}} rows
 * @property {Level[]} levels
 * @property {Happening[]} happenings
 * @property {Alert[]} alerts
 * @property {Fault[]} faults
 * @property {Queue[]} queues
 */

export const liveCalls = {
  /**
   * @param {{run: string, after: number}} known
   * @param {AbortSignal} signal
   * @returns {Promise<News>}
   */
  news: ({ run, after }, signal) => requestJson(`/api/live?${new URLSearchParams({ run, after: String(after) })}`, { signal }),
};
