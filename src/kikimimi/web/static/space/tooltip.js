/** What a point says of itself while the pointer rests on it: name, tags, its values. */

import { h, replaceChildren } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { tagLabel } from "../i18n/i18n.js";
import { distinctTags } from "../tags/same_thing.js";

const GAP = 16;
const MOST_TAGS = 5;

/**
 * @typedef {object} Tooltip
 * @property {HTMLElement} element
 * @property {(at: {x: number, y: number}, values: {name: string, value: string}[]) => void} place
 * @property {(row: import("../api/types.js").Row | null) => void} describe null while it is not known
 * @property {() => void} hide
 */

/** @returns {Tooltip} */
export function createTooltip() {
  const name = h("strong", { class: "space-tip-name" });
  const tags = h("div", { class: "space-tip-tags" });
  const table = h("dl", { class: "space-tip-values" });
  const element = h("div", { class: "space-tip", role: "tooltip", hidden: true }, name, tags, table);
  return {
    element,
    place({ x, y }, values) {
      element.hidden = false;
      replaceChildren(table, values.flatMap((one) => [h("dt", null, one.name), h("dd", null, one.value)]));
      const room = /** @type {HTMLElement} */ (element.parentElement).getBoundingClientRect();
      const left = x + GAP + element.offsetWidth > room.width ? x - GAP - element.offsetWidth : x + GAP;
      const top = Math.min(Math.max(y - element.offsetHeight / 2, 4), room.height - element.offsetHeight - 4);
      element.style.setProperty("transform", `translate(${Math.max(left, 4)}px, ${top}px)`);
    },
    describe(row) {
      name.textContent = row ? row.name : "…";
      const shown = distinctTags(row?.tags ?? []).slice(0, MOST_TAGS).map((tag) => h("span", { class: "space-tip-tag" }, tagLabel(tag)));
      const length = row ? [h("span", { class: "space-tip-length" }, formatDuration(row.duration_s))] : [];
      replaceChildren(tags, length, shown);
    },
    hide() {
      element.hidden = true;
    },
  };
}
