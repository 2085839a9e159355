/** The page of one sound: its pictures, what it is called, what is near to it. */

import { api, isAbort } from "../api/client.js";
import { h, replaceChildren } from "../components/dom.js";
import { errorText } from "../components/toast.js";
import { offerActions } from "../keys/keyboard.js";
import { player } from "../player/player.js";
import { onChange } from "../state/changes.js";
import { rememberRows } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { createDetails } from "./details.js";
import { createHead } from "./head.js";
import { createNearest } from "./nearest.js";
import { createPictures } from "./pictures.js";
import { createResultSteps } from "./result_steps.js";
import { createTagList } from "./tag_list.js";
import { createTimeline } from "./timeline.js";

/**
 * @param {HTMLElement} room
 * @param {number} id
 * @returns {() => void} takes the page away
 */
export function mountSound(room, id) {
  const aborter = new AbortController();
  const { signal } = aborter;
  /** @type {(() => void)[]} */
  const ends = [];
  const element = h("article", { class: "sound", "aria-busy": "true" });
  room.append(element);
  store.set({ current: id });

  const start = async () => {
    try {
      const sound = await api.sound(id, signal);
      rememberRows([sound]);
      show(sound);
    } catch (error) {
      if (isAbort(error)) return;
      replaceChildren(element, h("p", { class: "sound-message", role: "alert" }, errorText(error)));
    } finally {
      element.removeAttribute("aria-busy");
    }
  };

  /** @param {import("../api/types.js").Sound} sound */
  const show = (sound) => {
    const timeline = createTimeline(sound.duration_s, {
      onSeek: (timeS) => playFrom(timeS),
      onRegion: (region) => {
        steps.showRegion(region);
        player.setRegion(region && { start_s: region.startS, end_s: region.endS });
      },
    });
    /** @param {number} timeS */
    const playFrom = (timeS) => {
      if (sound.missing) return timeline.setPlayhead(timeS);
      if (player.get().id === id) player.seek(timeS);
      else void player.play(id, { from_s: timeS });
    };
    const steps = createHead(sound, { region: timeline.region });
    const results = createResultSteps(id);
    const pictures = createPictures(sound, timeline, { onPlayFrom: playFrom });
    const tags = createTagList(sound);
    const details = createDetails(sound, signal);
    const nearest = createNearest(id, signal);
    replaceChildren(
      element,
      h("header", { class: "sound-head" }, results.element, steps.element),
      h("div", { class: "sound-main" }, pictures.element),
      h("div", { class: "sound-side" }, tags.element, nearest.element, details.element),
    );
    ends.push(
      pictures.destroy,
      results.destroy,
      player.onTime((timeS, playing) => timeline.setPlayhead(playing === id ? timeS : null)),
      offerActions({ "list.down": () => results.step(1), "list.up": () => results.step(-1) }),
      onChange(async ({ sounds }) => {
        if (sounds && !sounds.includes(id)) return;
        // A sound that was removed meanwhile stays on the page as it was.
        const changed = await api.sound(id, signal).catch(() => null);
        if (changed === null || signal.aborted) return;
        tags.show(changed);
        details.showPlaylists(changed);
      }),
    );
  };

  void start();
  return () => {
    aborter.abort();
    for (const end of ends) end();
    element.remove();
  };
}
