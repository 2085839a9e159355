/** What was made: to listen to, to keep in the library, to save. */

import { ApiError } from "../api/client.js";
import { button } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { icon } from "../components/icons.js";
import { themeColour } from "../components/theme_colours.js";
import { toast, toastError } from "../components/toast.js";
import { decodeOverview } from "../components/waveform_peaks.js";
import { t } from "../i18n/i18n.js";
import { drawThumbnail } from "../list/thumbnail.js";
import { store } from "../state/store.js";
import { madeAddress, makingCalls, savedAddress } from "./calls.js";
import { listenButton } from "./listening.js";

/** @typedef {import("./calls.js").Made} Made */

const WAVE = { width: 320, height: 52 };

/** @type {Set<string>} what is in the library already */
const kept = new Set();

/** @param {readonly Made[]} held the newest first */
export function createResults(held) {
  const list = h("ol", { class: "making-results" });
  const empty = h("p", { class: "making-note", hidden: held.length > 0 }, t("making.nothing"));
  const element = h("section", { class: "making-made" }, h("h2", null, t("making.made")), empty, list);
  for (const made of [...held].reverse()) add(made);

  /** @param {Made} made @returns {() => void} plays it */
  function add(made) {
    empty.hidden = true;
    const { element: item, play } = createItem(made);
    list.prepend(item);
    return play;
  }
  return { element, add };
}

/** @param {Made} made */
function createItem(made) {
  const { name, duration_s, overview, parameters } = made;
  const wave = h("canvas", { class: "making-wave", ...WAVE, "aria-hidden": "true" });
  drawThumbnail(wave, decodeOverview(overview), themeColour("--wave"));
  const listening = listenButton(name, () => ({ address: madeAddress(made.made), loop: parameters.loop === true }));
  const keep = button(t("making.keep"), () => void keepMade(), { icon: "plus" });
  keep.setAttribute("aria-label", t("making.keep.one", { name }));
  if (kept.has(made.made)) showKept();
  const element = h(
    "li",
    null,
    listening.element,
    wave,
    h("span", { class: "making-name" }, name, h("small", null, about(duration_s, parameters))),
    keep,
    h("a", { class: "button", href: savedAddress(made), download: name, "aria-label": t("making.save.one", { name }) }, icon("download"), h("span", null, t("making.save"))),
  );

  async function keepMade() {
    keep.disabled = true;
    try {
      const { path, job } = await makingCalls.keep(made.made);
      if (job) store.set({ jobs: [job, ...store.get().jobs.filter(({ id }) => id !== job.id)] });
      kept.add(made.made);
      showKept();
      toast(t(job ? "making.kept" : "making.kept.later", { path }));
    } catch (error) {
      keep.disabled = false;
      if (!(error instanceof ApiError)) throw error;
      toastError(error);
    }
  }

  function showKept() {
    keep.disabled = true;
    keep.replaceChildren(icon("check"), h("span", null, t("making.is-kept")));
    keep.setAttribute("aria-label", t("making.is-kept.one", { name }));
  }
  return { element, play: listening.play };
}

/**
 * @param {number} duration_s
 * @param {Record<string, any>} parameters
 */
function about(duration_s, { amount, share, seed, loop }) {
  const parts = [formatDuration(duration_s)];
  if (amount !== undefined) parts.push(`${t("making.amount")} ${Math.round(100 * amount)} %`);
  if (share !== undefined) parts.push(`${t("making.share")} ${Math.round(100 * share)} %`);
  parts.push(`${t("making.seed")} ${seed}`);
  if (loop) parts.push(t("making.loop"));
  return parts.join(" · ");
}
