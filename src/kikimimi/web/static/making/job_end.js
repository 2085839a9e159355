/** Waiting for a job, with word of how far it is. */

import { api } from "../api/client.js";
import { share } from "../components/format.js";
import { store } from "../state/store.js";

/** @typedef {import("../api/types.js").Job} Job */

const ASK_AGAIN_MS = 1000;
const UNDER_WAY = ["running", "stopping"];

/**
 * The server tells of jobs by itself; it is asked too, in case it could not.
 * @param {Job} job
 * @param {(share: number) => void} onprogress
 * @param {AbortSignal} signal
 * @returns {Promise<Job|null>} the job at its end; null when nobody waits any more
 */
export function jobEnd(job, onprogress, signal) {
  return new Promise((resolve) => {
    /** @param {Job|undefined} now */
    const look = (now) => {
      if (!now) return;
      if (UNDER_WAY.includes(now.state)) return onprogress(share(now.done, now.total));
      leave(now);
    };
    const ofList = (/** @type {readonly Job[]} */ jobs) => jobs.find(({ id }) => id === job.id);
    const end = store.subscribe(({ jobs }) => ofList(jobs), look);
    const timer = setInterval(() => void api.jobs().then((jobs) => look(ofList(jobs)), () => {}), ASK_AGAIN_MS);
    const giveUp = () => leave(null);
    signal.addEventListener("abort", giveUp);

    /** @param {Job|null} result */
    function leave(result) {
      end();
      clearInterval(timer);
      signal.removeEventListener("abort", giveUp);
      resolve(result);
    }
    look(ofList(store.get().jobs) ?? job);
  });
}
