/** What the page knows of a listener: never more than a limit, however long it runs. Pure. */

import { createSpectrumRing } from "./spectrum_ring.js";

/** @typedef {import("./calls.js").News} News */
/** @typedef {import("./calls.js").Happening} Happening */
/** @typedef {import("./calls.js").Alert} Alert */

export const KEPT_S = 600;
const MOST_LEVELS = 600;
const MOST_HAPPENINGS = 200;
const MOST_ALERTS = 100;
const MOST_FAULTS = 50;

/** @param {{sound: number, kind: string, label: string, onset_s: number}} one */
export const keyOf = ({ sound, kind, label, onset_s }) => `${sound} ${onset_s} ${kind} ${label}`;

export function createModel() {
  const known = {
    /** Whether the server told of it just now; what is known may be old else. */
    isFresh: false,
    /** @type {import("./calls.js").Started|null} */
    started: null,
    /** @type {import("./calls.js").Now|null} */
    now: null,
    sound: 0,
    keepsAudio: true,
    fullScaleDb: 0,
    /** @type {import("./calls.js").Level[]} */
    levels: [],
    /** @type {import("./spectrum_ring.js").SpectrumRing|null} */
    ring: null,
    /** @type {Map<string, Happening>} in the order in which they were last told of */
    happenings: new Map(),
    /** @type {Alert[]} the newest last */
    alerts: [],
    /** @type {import("./calls.js").Fault[]} */
    faults: [],
    /** @type {import("./calls.js").Queue[]} */
    queues: [],
  };

  /** @param {News} news */
  function startSound({ sound, started }) {
    if (sound === known.sound && started === null) return;
    known.sound = sound;
    known.levels = [];
    if (started === null) return;
    known.started = started;
    known.ring = createSpectrumRing({ bands: started.bands_hz.length - 1, rowS: started.row_s, keptS: KEPT_S });
  }

  /** @param {News["rows"]} rows */
  function takeRows({ end_s, levels }) {
    const { ring } = known;
    if (ring === null || end_s.length === 0) return;
    const bytes = Uint8Array.from(atob(levels), (letter) => letter.charCodeAt(0));
    end_s.forEach((endS, at) => ring.put(endS, bytes.subarray(at * ring.bands, (at + 1) * ring.bands)));
  }

  /** @param {Happening[]} happenings @returns {Happening[]} those that are new */
  function takeHappenings(happenings) {
    const begun = happenings.filter((one) => !known.happenings.has(keyOf(one)));
    for (const one of happenings) {
      known.happenings.delete(keyOf(one));
      known.happenings.set(keyOf(one), one);
    }
    const keys = [...known.happenings.keys()];
    for (const key of keys.slice(0, Math.max(0, keys.length - MOST_HAPPENINGS))) known.happenings.delete(key);
    return begun;
  }

  return {
    known,
    /** The end of what is there to be shown. */
    endS: () => Math.max(known.ring?.endS() ?? 0, known.levels.at(-1)?.at_s ?? 0),
    /**
     * @param {News} news
     * @param {boolean} isNew nothing that is known holds any more
     * @returns {{happenings: Happening[], alerts: Alert[]}} what began
     */
    take(news, isNew) {
      if (isNew) {
        Object.assign(known, { started: null, sound: 0, levels: [], ring: null, alerts: [], faults: [] });
        known.happenings.clear();
      }
      startSound(news);
      takeRows(news.rows);
      known.levels = [...known.levels, ...news.levels].slice(-MOST_LEVELS);
      known.alerts = [...known.alerts, ...news.alerts].slice(-MOST_ALERTS);
      known.faults = [...known.faults, ...news.faults].slice(-MOST_FAULTS);
      Object.assign(known, { isFresh: true, now: news.now, queues: news.queues, keepsAudio: news.keeps_audio, fullScaleDb: news.full_scale_db });
      return { happenings: takeHappenings(news.happenings), alerts: news.alerts };
    },
  };
}

/** @typedef {ReturnType<typeof createModel>} Model */
