/** All tags of a sound: where they come from, how sure, and what the user says of them. */

import { api } from "../api/client.js";
import { iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { toastError } from "../components/toast.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { setTagFilter } from "../query/actions.js";
import { navigate } from "../router/router.js";
import { unlikeLabels } from "../tags/same_thing.js";

/** @typedef {import("../api/types.js").Sound} Sound */
/** @typedef {import("../api/types.js").Tag} Tag */

const ORDER = { user: 0, taught: 1, auto: 2, rejected: 3 };
/** Fainter guesses are not shown until they are asked for. */
const SHOWN = 12;

/** @param {Sound} sound */
export function createTagList(sound) {
  let { tags } = sound;
  let all = false;
  const list = h("ul", { class: "sound-tags" });
  const field = h("input", { class: "field", required: true, maxLength: 200, placeholder: t("sound.tag.add"), "aria-label": t("sound.tag.add"), autocomplete: "off" });
  const form = h("form", { class: "sound-tag-form", onsubmit: add }, field);
  const element = h("section", { class: "sound-part" }, h("h2", null, t("sound.tags")), list, form);

  /** @param {"add" | "remove" | "accept" | "reject"} action @param {string} name */
  const change = async (action, name) => {
    try {
      await api.changeTag(action, { sounds: [sound.id] }, name);
      tags = (await api.sound(sound.id)).tags;
      draw();
    } catch (error) {
      toastError(error);
    }
  };
  /** @param {SubmitEvent} event */
  async function add(event) {
    event.preventDefault();
    const name = field.value.trim();
    field.value = "";
    if (name) await change("add", name);
  }
  const draw = () => {
    const sorted = [...tags].sort((one, other) => ORDER[one.source] - ORDER[other.source] || other.score - one.score);
    const shown = all ? sorted : sorted.slice(0, SHOWN);
    const labels = unlikeLabels(sorted, tagLabel);
    const more = sorted.length - shown.length;
    const rest = h("li", null, h("button", { class: "sound-more", type: "button", onclick: () => ((all = true), draw()) }, t("sound.tags.more", { count: more })));
    replaceChildren(list, shown.map((tag) => tagItem(tag, labels.get(tag.name) ?? tag.name, change)), more > 0 && rest);
  };
  draw();
  return {
    element,
    /** @param {Sound} changed */
    show(changed) {
      tags = changed.tags;
      draw();
    },
  };
}

/**
 * @param {Tag} tag
 * @param {string} label
 * @param {(action: "add" | "remove" | "accept" | "reject", name: string) => void} change
 */
function tagItem(tag, label, change) {
  const find = () => {
    setTagFilter(tag.name, 1);
    navigate({ view: "list" });
  };
  const isOwn = tag.source === "user";
  return h(
    "li",
    { class: "sound-tag", "data-source": tag.source, "data-tag": tag.name },
    h("button", { class: "sound-tag-name", type: "button", title: t("sound.tag.find", { tag: label }), onclick: find }, label),
    h("span", { class: "sound-tag-source" }, isOwn ? t("sound.source.user") : `${t(`sound.source.${tag.source}`)} ${tag.score.toFixed(2)}`),
    isOwn ? null : iconButton("check", t("sound.tag.accept", { tag: label }), () => change("accept", tag.name)),
    iconButton("close", t(isOwn ? "sound.tag.remove" : "sound.tag.reject", { tag: label }), () => change(isOwn ? "remove" : "reject", tag.name)),
  );
}
