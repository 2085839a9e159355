/** What the server tells by itself: changes, jobs, and that it is there at all. */

import { api, ApiError } from "../api/client.js";
import { onServerLost } from "../api/http.js";
import { toast } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { search } from "../query/search.js";
import { announceChange } from "../state/changes.js";
import { forgetRows } from "../state/known_rows.js";
import { store } from "../state/store.js";

/** @typedef {import("../api/types.js").Job} Job */

const ENDED_STAYS = 5;
const ASK_AGAIN_MS = 1500;

/** @type {EventSource|null} */
let events = null;

export function startConnection() {
  onServerLost(lose);
  addEventListener("pagehide", () => events?.close());
  document.addEventListener("visibilitychange", listen);
  listen();
}

/**
 * Hear what the server tells, while the tab is seen: a browser has six connections for a server, and
 * every tab that hears holds one of them.
 */
function listen() {
  events?.close();
  events = null;
  if (document.hidden) return;
  const token = new URLSearchParams(location.search).get("token");
  const mine = new EventSource(`/api/events${token ? `?token=${encodeURIComponent(token)}` : ""}`);
  events = mine;
  mine.addEventListener("hello", ({ data }) => greet(JSON.parse(data)));
  mine.addEventListener("changed", ({ data }) => change(JSON.parse(data)));
  mine.addEventListener("job", ({ data }) => showJob(JSON.parse(data)));
  mine.addEventListener("error", () => {
    if (mine !== events) return;
    if (mine.readyState === EventSource.CLOSED) setTimeout(listen, ASK_AGAIN_MS);
    lose();
  });
  void refreshStatus();
}

/** Say that the server is gone, and ask until it answers. */
function lose() {
  if (!store.get().online) return;
  store.set({ online: false });
  setTimeout(askAgain, ASK_AGAIN_MS);
}

async function askAgain() {
  if (store.get().online) return;
  try {
    const { library } = await api.status();
    greet({ revision: library.revision });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    setTimeout(askAgain, ASK_AGAIN_MS);
  }
}

/** Ask again what the library holds and what can be undone. */
export async function refreshStatus() {
  try {
    const status = await api.status();
    store.set({ status, jobs: status.jobs });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** @param {{revision: number}} hello */
function greet({ revision }) {
  const { online, status } = store.get();
  if (!online) {
    store.set({ online: true });
    toast(t("app.online"));
  }
  if (!online || (status && status.library.revision !== revision)) {
    change({ revision, what: ["sounds", "tags", "taught", "playlists"] });
  }
}

/** @param {import("../state/changes.js").Change} change */
function change(change) {
  forgetRows(change.sounds);
  announceChange(change);
  void refreshStatus();
  if (change.what.some((part) => part !== "taught")) void search();
}

/** @param {Job} job */
function showJob(job) {
  const others = store.get().jobs.filter(({ id }) => id !== job.id);
  store.set({ jobs: [job, ...others].slice(0, ENDED_STAYS) });
}
