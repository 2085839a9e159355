/** The page where sounds are made: two sounds, what to make of them, and what came of it. */

import { api, ApiError, isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { errorText } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { navigate } from "../router/router.js";
import { store } from "../state/store.js";
import { makingCalls } from "./calls.js";
import { createControls } from "./controls.js";
import { jobEnd } from "./job_end.js";
import { stopListening } from "./listening.js";
import { createResults } from "./results.js";
import { createSlot, soundOfRow } from "./sound_slot.js";
import { firstWish, missingSounds, toMakeRequest } from "./wishes.js";

/** @typedef {import("./sound_slot.js").SlotSound} SlotSound */
/** @typedef {import("./calls.js").Made} Made */

const MOST_HELD = 50;

/** What stays while the user looks at other views. */
const held = {
  wish: firstWish(),
  /** @type {{first: SlotSound|null, second: SlotSound|null}} */
  sounds: { first: null, second: null },
  /** @type {Made[]} the newest first */
  made: [],
  /** @type {import("../api/types.js").Job|null} */
  job: null,
};

/**
 * @param {HTMLElement} room
 * @returns {() => void} takes the page away
 */
export function mountMaking(room) {
  const aborter = new AbortController();
  const { signal } = aborter;
  const element = h("article", { class: "making", "aria-busy": "true" }, h("h1", null, t("making.title")));
  room.append(element);
  void start();
  return () => {
    aborter.abort();
    stopListening();
    element.remove();
  };

  async function start() {
    try {
      const generator = await makingCalls.generator(signal);
      await takeAddress(signal);
      if (generator.available) show(generator);
      else element.append(h("p", { role: "alert" }, t("making.none")), h("p", { class: "making-note" }, generator.message));
    } catch (error) {
      if (isAbort(error)) return;
      element.append(h("p", { role: "alert" }, errorText(error)));
    } finally {
      element.removeAttribute("aria-busy");
    }
  }

  /** @param {import("./calls.js").Generator} generator */
  function show(generator) {
    const slots = {
      first: createSlot(t("making.first"), held.sounds.first, (sound) => fill("first", sound)),
      second: createSlot(t("making.second"), held.sounds.second, (sound) => fill("second", sound)),
    };
    const sounds = h("div", { class: "making-sounds" }, slots.first.element, slots.second.element);
    const controls = createControls(generator, held.wish, {
      onchange: (patch) => (Object.assign(held.wish, patch), showNeeded()),
      onmake: () => void make(),
      onstop: () => void (held.job && api.stopJob(held.job.id)),
    });
    const results = createResults(held.made);
    replaceChildren(
      element,
      h("h1", null, t("making.title")),
      h("p", { class: "making-note" }, t("making.about", { title: generator.title, licence: generator.licence })),
      sounds,
      controls.element,
      results.element,
    );
    showNeeded();
    if (held.job) void follow(held.job);

    /** @param {"first"|"second"} place @param {SlotSound|null} sound */
    function fill(place, sound) {
      held.sounds[place] = sound;
      controls.say("");
    }

    function showNeeded() {
      const { method } = held.wish;
      sounds.hidden = method === "sample";
      slots.second.element.hidden = method !== "blend";
    }

    async function make() {
      const { first, second } = held.sounds;
      const wish = { ...held.wish, first: first?.key ?? null, second: second?.key ?? null };
      const missing = missingSounds(wish);
      if (missing.length) return controls.say(t(`making.missing.${missing[0]}`));
      controls.showProgress(0);
      try {
        const { job } = await makingCalls.make(toMakeRequest(wish));
        await follow(job);
      } catch (error) {
        controls.showProgress(null);
        if (!(error instanceof ApiError)) throw error;
        controls.say(errorText(error));
      }
    }

    /** @param {import("../api/types.js").Job} job */
    async function follow(job) {
      held.job = job;
      controls.say(t("making.under-way"));
      controls.showProgress(0);
      const ended = await jobEnd(job, controls.showProgress, signal);
      if (ended === null) return;
      held.job = null;
      controls.showProgress(null);
      if (ended.state !== "done") return controls.say(ended.state === "stopped" ? t("making.stopped") : (ended.message ?? ""));
      /** @type {string[]} */
      const keys = ended.report?.made ?? [];
      const made = await Promise.all(keys.map((key) => makingCalls.made(key)));
      held.made = [...[...made].reverse(), ...held.made].slice(0, MOST_HELD);
      const plays = made.map(results.add);
      controls.say(t("making.done", { count: made.length }));
      if (plays.length === 1) plays[0]();
    }
  }
}

/**
 * Take the sounds that the address names.
 * @param {AbortSignal} signal
 */
async function takeAddress(signal) {
  const { first, second } = store.get().route;
  const named = /** @type {const} */ ([["first", first], ["second", second]]);
  for (const [place, id] of named) {
    if (id !== null) held.sounds[place] = soundOfRow(await api.sound(id, signal));
  }
  if (second !== null) held.wish.method = "blend";
  // taken once: what is chosen afterwards must not be undone when the page is made anew
  navigate({ first: null, second: null }, { replace: true });
}
