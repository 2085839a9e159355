/** Tags with score and where they come from, each with accept, reject and search. */

import { iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { setTagFilter } from "../query/actions.js";
import { unlikeLabels } from "./same_thing.js";

/** @typedef {import("./merged.js").Merged} Merged */

/** @param {{onaction: (action: import("./actions.js").Action, name: string) => void}} options */
export function createTagList({ onaction }) {
  const element = h("ul", { class: "tag-list", "aria-label": t("tags.list") });
  /** @type {Merged[]} */
  let tags = [];

  /** @param {Merged} tag @param {string} label @param {number} total */
  function createItem(tag, label, total) {
    const own = tag.source === "user";
    const percent = Math.round(100 * tag.score);
    const partly = tag.count < total ? t("tags.count", { count: tag.count, total }) : null;
    const note = own ? t("tags.own") : t(`tags.score.${tag.source}`, { percent });
    const actions = own
      ? [iconButton("close", t("tags.remove", { tag: label }), () => onaction("remove", tag.name))]
      : [
          iconButton("check", t("tags.accept", { tag: label }), () => onaction("accept", tag.name), { keys: "A" }),
          iconButton("close", t("tags.reject", { tag: label }), () => onaction("reject", tag.name), { keys: "X" }),
        ];
    return h(
      "li",
      { class: "tag-item", "data-source": tag.source, "data-tag": tag.name },
      h(
        "button",
        { class: "tag-name", type: "button", title: t("tags.search", { tag: label }), onclick: () => setTagFilter(tag.name, 1) },
        own ? icon("check") : tag.source === "taught" ? icon("teach") : null,
        h("span", null, label),
      ),
      h("span", { class: "tag-note", title: note }, partly ?? (own ? "" : `${percent}%`)),
      h("span", { class: "tag-actions" }, actions),
      own ? null : h("span", { class: "tag-bar", "aria-hidden": "true", style: { "--score": tag.score } }),
    );
  }

  return {
    element,
    /** @param {Merged[]} merged @param {number} total sounds that were looked at */
    show(merged, total) {
      tags = merged;
      const labels = unlikeLabels(tags, tagLabel);
      const focused = /** @type {HTMLElement|null} */ (document.activeElement?.closest(".tag-item"))?.dataset.tag;
      replaceChildren(element, tags.length ? tags.map((tag) => createItem(tag, labels.get(tag.name) ?? tag.name, total)) : h("li", { class: "hint" }, t("tags.none")));
      const again = focused && element.querySelector(`[data-tag="${CSS.escape(focused)}"] button`);
      if (again instanceof HTMLElement) again.focus();
    },
    /** The tag that a key is for. @returns {string|null} */
    candidate() {
      const focused = /** @type {HTMLElement|null} */ (document.activeElement?.closest(".tag-item"))?.dataset.tag;
      return focused ?? tags.find(({ source }) => source !== "user")?.name ?? null;
    },
  };
}
