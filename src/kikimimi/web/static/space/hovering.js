/** What happens while the pointer rests on a point: it says what it is, and plays. */

import { player } from "../player/player.js";
import { findRow, knownRow } from "../state/known_rows.js";
import { createTooltip } from "./tooltip.js";

/** A pointer that only passes by plays nothing. */
const REST_MS = 90;
/** How long a sound that was played by hovering goes on after the pointer has left. */
const LEAVE_MS = 250;

/**
 * @param {object} options
 * @param {() => boolean} options.plays
 * @param {(id: number) => {name: string, value: string}[]} options.valuesOf
 * @param {(id: number | null) => void} options.pointed
 */
export function createHovering({ plays, valuesOf, pointed }) {
  const tooltip = createTooltip();
  /** @type {number | null} */
  let hovered = null;
  /** @type {number | null} */
  let playing = null;
  let resting = 0;
  let leaving = 0;

  /** @param {number} id */
  const describe = async (id) => {
    tooltip.describe(knownRow(id));
    try {
      const row = await findRow(id);
      if (id === hovered) tooltip.describe(row);
    } catch {
      // The sound was removed in between; the point disappears with the next answer.
      if (id === hovered) tooltip.hide();
    }
  };
  const leave = () => {
    if (playing === null) return;
    clearTimeout(leaving);
    leaving = window.setTimeout(() => {
      if (player.get().id === playing) player.stop();
      playing = null;
    }, LEAVE_MS);
  };

  return {
    element: tooltip.element,
    /** @param {number | null} id @param {{x: number, y: number}} at */
    hover(id, at) {
      if (id !== null) tooltip.place(at, valuesOf(id));
      if (id === hovered) return;
      hovered = id;
      pointed(id);
      clearTimeout(resting);
      if (id === null) {
        tooltip.hide();
        leave();
        return;
      }
      clearTimeout(leaving);
      resting = window.setTimeout(() => {
        void describe(id);
        if (!plays()) return;
        playing = id;
        void player.play(id);
      }, REST_MS);
      tooltip.describe(knownRow(id));
    },
    /** @param {number} id on a click: it plays to its end */
    play(id) {
      clearTimeout(resting);
      playing = null;
      if (player.get().id !== id || !player.get().playing) void player.play(id);
    },
    stop() {
      clearTimeout(resting);
      player.stop();
    },
    destroy() {
      clearTimeout(resting);
      clearTimeout(leaving);
      if (playing !== null && player.get().id === playing) player.stop();
    },
  };
}
