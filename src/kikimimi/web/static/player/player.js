/** Plays one sound at a time. @typedef {{start_s?: number, end_s?: number, loop?: boolean}} PlayOptions */

/** @typedef {{id: number|null, playing: boolean, time_s: number}} PlayerState */

export const player = {
  /** @param {number} id @param {PlayOptions} [options] */
  play(id, options) {
    void [id, options];
  },
  stop() {},
  toggle() {},
  /** @param {(state: PlayerState) => void} listener @returns {() => void} */
  onTime(listener) {
    void listener;
    return () => {};
  },
};
