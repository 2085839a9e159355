/**
 * A list of sounds beside the space: the nearest to the chosen one, or those in the middle of the
 * picture. It makes the space usable without a mouse and without eyes.
 */

import { h, replaceChildren } from "../components/dom.js";
import { formatDistance, formatDuration } from "../components/format.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { distinctTags } from "../tags/same_thing.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {{row: Row, distance: number | null}} Neighbour */

/**
 * @typedef {object} Neighbours
 * @property {HTMLElement} element
 * @property {(title: string, sounds: Neighbour[], current: number | null) => void} show
 * @property {() => boolean} isInUse the keyboard is in the list
 */

/**
 * @param {object} listeners
 * @param {(id: number) => void} listeners.onPlay
 * @param {(id: number) => void} listeners.onChoose
 * @param {(id: number) => void} listeners.onOpen
 * @param {(id: number | null) => void} listeners.onPoint the sound under the pointer or the focus
 * @returns {Neighbours}
 */
export function createNeighbours({ onPlay, onChoose, onOpen, onPoint }) {
  /** @type {Neighbour[]} */
  let sounds = [];
  let active = 0;
  /** @type {number | null} */
  let current = null;
  const title = h("h2", { class: "space-near-title" });
  const list = h("ul", {
    class: "space-near-list",
    role: "listbox",
    tabIndex: 0,
    "aria-label": t("space.near.list"),
    "aria-describedby": "space-near-keys",
  });
  const keysHelp = h("p", { class: "visually-hidden", id: "space-near-keys" }, t("space.near.keys"));
  const element = h("aside", { class: "space-near", "aria-label": t("space.near.list") }, title, list, keysHelp);

  const draw = () => {
    replaceChildren(list, sounds.map(item));
    if (sounds.length > 0) list.setAttribute("aria-activedescendant", `space-near-${active}`);
    else list.removeAttribute("aria-activedescendant");
  };
  /** @param {Neighbour} neighbour @param {number} i */
  const item = ({ row, distance }, i) =>
    h(
      "li",
      {
        class: "space-near-item",
        role: "option",
        id: `space-near-${i}`,
        "data-id": row.id,
        "data-active": i === active ? "true" : undefined,
        "aria-selected": String(row.id === current),
        onclick: () => (activate(i), onPlay(row.id)),
        ondblclick: () => onOpen(row.id),
        onpointerenter: () => onPoint(row.id),
        onpointerleave: () => onPoint(null),
      },
      h("span", { class: "space-near-name" }, row.name),
      h("span", { class: "space-near-distance" }, formatDistance(distance)),
      h("small", { class: "space-near-tags" }, [formatDuration(row.duration_s), ...distinctTags(row.tags).slice(0, 3).map(tagLabel)].join(" · ")),
    );
  /** @param {number} i */
  const activate = (i) => {
    active = Math.min(Math.max(i, 0), Math.max(sounds.length - 1, 0));
    draw();
    document.getElementById(`space-near-${active}`)?.scrollIntoView({ block: "nearest" });
    if (sounds[active]) onPoint(sounds[active].row.id);
  };
  /** @param {number} i */
  const step = (i) => {
    activate(i);
    if (sounds[active]) onPlay(sounds[active].row.id);
  };

  /** @type {Record<string, (id: number) => void>} */
  const keys = {
    ArrowDown: () => step(active + 1),
    ArrowUp: () => step(active - 1),
    j: () => step(active + 1),
    k: () => step(active - 1),
    Home: () => step(0),
    End: () => step(sounds.length - 1),
    " ": (id) => onPlay(id),
    Enter: (id) => onChoose(id),
    o: (id) => onOpen(id),
  };
  list.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || !sounds[active] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action(sounds[active].row.id);
  });
  list.addEventListener("blur", () => onPoint(null));

  return {
    element,
    isInUse: () => list === document.activeElement,
    show(newTitle, newSounds, newCurrent) {
      title.textContent = newTitle;
      [sounds, current, active] = [newSounds, newCurrent, 0];
      draw();
    },
  };
}
