/** Smooth changes over time, one of each name; the caller brings the clock. Pure. */

/**
 * @typedef {object} Glides
 * @property {(name: string, glide: {now: number, length: number, step: (share: number) => void}) => void} start
 *   an older glide of the same name ends where it is; a length of 0 is a jump
 * @property {(name: string) => void} stop
 * @property {(now: number) => boolean} run one step of all; whether any goes on
 * @property {() => boolean} isIdle
 */

/** @returns {Glides} */
export function createGlides() {
  /** @type {Map<string, {start: number, length: number, step: (share: number) => void}>} */
  const running = new Map();
  return {
    start(name, { now, length, step }) {
      running.delete(name);
      step(length === 0 ? 1 : 0);
      if (length > 0) running.set(name, { start: now, length, step });
    },
    stop: (name) => void running.delete(name),
    run(now) {
      for (const [name, { start, length, step }] of [...running]) {
        const share = Math.min(Math.max(now - start, 0) / length, 1);
        step(share * share * (3 - 2 * share));
        if (share === 1) running.delete(name);
      }
      return running.size > 0;
    },
    isIdle: () => running.size === 0,
  };
}
