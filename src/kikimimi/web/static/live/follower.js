/** Asks for news again and again, but not while nobody looks; goes on when the server was away. */

const ASK_MS = 250;
const ASK_AGAIN_MS = 1500;

/**
 * @template {{run: string, next: number}} N
 * @param {object} options
 * @param {(known: {run: string, after: number}) => Promise<N>} options.ask
 * @param {(news: N, isNew: boolean) => void} options.ontake isNew: all that was known is worth nothing any more
 * @param {(error: unknown) => void} options.onlost
 * @param {() => boolean} options.isHidden
 * @param {{set: (work: () => void, ms: number) => any, clear: (timer: any) => void}} [options.timer]
 */
export function createFollower({ ask, ontake, onlost, isHidden, timer = { set: (work, ms) => setTimeout(work, ms), clear: (one) => clearTimeout(one) } }) {
  let known = { run: "", after: 0 };
  /** @type {any} */
  let next = null;
  let asking = false;
  let ended = false;

  async function look() {
    timer.clear(next);
    if (ended || asking || isHidden()) return;
    asking = true;
    const pause = await askOnce();
    asking = false;
    if (!ended) next = timer.set(look, pause);
  }

  async function askOnce() {
    /** @type {N} */
    let news;
    try {
      news = await ask(known);
    } catch (error) {
      if (!ended) onlost(error);
      return ASK_AGAIN_MS;
    }
    if (ended) return ASK_MS;
    const isNew = news.run !== known.run;
    known = { run: news.run, after: news.next };
    ontake(news, isNew);
    return ASK_MS;
  }

  void look();
  return {
    /** Look now: the page is seen again. */
    wake: () => void look(),
    end() {
      ended = true;
      timer.clear(next);
    },
  };
}
