/** Puts what happens into few sentences, so that a screen reader keeps up. Pure but for its clock. */

const PAUSE_MS = 4000;
const MOST_NAMED = 3;

/**
 * @param {object} options
 * @param {(names: string[], others: number) => void} options.say at most `MOST_NAMED` names, and how many more there were
 * @param {{set: (work: () => void, ms: number) => any, clear: (timer: any) => void}} [options.timer]
 */
export function createAnnouncer({ say, timer = { set: (work, ms) => setTimeout(work, ms), clear: (one) => clearTimeout(one) } }) {
  /** @type {Map<string, number>} how often each is waiting to be said */
  let waiting = new Map();
  /** @type {any} */
  let resting = null;

  function speak() {
    resting = null;
    if (waiting.size === 0) return;
    const names = [...waiting].map(([name, count]) => (count > 1 ? `${name} × ${count}` : name));
    waiting = new Map();
    resting = timer.set(speak, PAUSE_MS);
    say(names.slice(0, MOST_NAMED), Math.max(0, names.length - MOST_NAMED));
  }

  return {
    /** @param {readonly string[]} names the most important first */
    tell(names) {
      for (const name of names) waiting.set(name, (waiting.get(name) ?? 0) + 1);
      if (resting === null) speak();
    },
    end() {
      timer.clear(resting);
      waiting.clear();
    },
  };
}
