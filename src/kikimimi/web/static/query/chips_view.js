/** The conditions of the query as chips, each removable; examples can be played and turned round. */

import { h, replaceChildren } from "../components/dom.js";
import { formatDuration, formatRate, formatTime, shortFolder } from "../components/format.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/i18n.js";
import { player } from "../player/player.js";
import { playlistName } from "../playlists/known.js";
import { findRow, knownRow } from "../state/known_rows.js";
import { store } from "../state/store.js";
import { tagName } from "../tags/labels.js";
import { changeQuery, clearQuery, removeExample } from "./actions.js";
import { chipsOf } from "./chips.js";
import { knownUpload } from "./uploads.js";

/** @typedef {import("./chips.js").Chip} Chip */
/** @typedef {import("./model.js").Example} Example */

/** @type {Record<Chip["kind"], (chip: Chip) => string>} */
const LABELS = {
  like: ({ value }) => exampleName(value),
  tag: ({ value }) => tagName(value),
  folder: ({ value }) => shortFolder(value, 1),
  format: ({ value }) => value,
  rate: ({ value }) => `${formatRate(value)}Hz`,
  channels: ({ value }) => t("query.chip.channels", { count: value }),
  duration: ({ value }) => rangeText(value, formatDuration),
  loudness: ({ value }) => `${rangeText(value, (level) => `${level}`)} LUFS`,
  playlist: ({ value }) => playlistName(value),
  missing: ({ value }) => t(value ? "query.chip.missing" : "query.chip.present"),
};

/** @type {Partial<Record<Chip["kind"], import("../components/icons.js").IconName>>} */
const ICONS = { tag: "tag", folder: "folder", playlist: "list", missing: "warning" };

export function createChips() {
  const element = h("ul", { class: "chips", "aria-label": t("query.chips") });

  function show() {
    const chips = chipsOf(store.get().query);
    const clear = h("button", { class: "chip-clear", type: "button", onclick: clearQuery }, t("query.clear"));
    replaceChildren(element, chips.map(createChip), chips.length > 1 ? h("li", null, clear) : null);
    for (const { kind, value } of chips) if (kind === "like") nameExample(value, show);
  }
  const end = store.subscribe((state) => state.query, show);
  show();
  return { element, destroy: end };
}

/** @param {Chip} chip */
function createChip(chip) {
  const label = LABELS[chip.kind](chip);
  const sign = chip.kind === "like" ? h("b", { class: "chip-sign" }, chip.sign > 0 ? "+" : "−") : chip.sign < 0 ? t("query.chip.not") : null;
  const picture = ICONS[chip.kind];
  const content = [picture ? icon(picture) : null, sign, h("span", { class: "chip-text" }, label)];
  const body =
    chip.kind === "like"
      ? h("button", { class: "chip-body", type: "button", title: t("query.chip.turn"), onclick: () => turn(chip) }, content)
      : h("span", { class: "chip-body", title: label }, content);
  const remove = h(
    "button",
    { class: "chip-remove", type: "button", "aria-label": t("query.chip.remove", { name: label }), onclick: () => changeQuery(chip.without) },
    icon("close"),
  );
  return h("li", { class: "chip", "data-kind": chip.kind, "data-sign": chip.sign }, chip.kind === "like" ? playButton(chip.value) : null, body, remove);
}

/** @param {Example} example */
function playButton({ sound, upload, start_s, end_s }) {
  const play = () => {
    if (sound !== undefined) void player.play(sound, { start_s, end_s });
    else if (upload) void player.playUpload(upload);
  };
  return h("button", { class: "chip-play", type: "button", "aria-label": t("player.play"), onclick: play }, icon("play"));
}

/** A + B becomes A - B. @param {Chip} chip */
function turn({ value }) {
  const like = store.get().query.like.map((example) =>
    example === value ? { ...example, weight: /** @type {1|-1} */ (-example.weight) } : example,
  );
  changeQuery({ like });
}

/** @param {Example} example */
function exampleName({ sound, upload, start_s, end_s }) {
  const name = sound === undefined ? (knownUpload(upload ?? "")?.name ?? t("query.upload")) : (knownRow(sound)?.name ?? `#${sound}`);
  return start_s === undefined ? name : `${name} ${formatTime(start_s)}–${formatTime(end_s ?? 0)}`;
}

/**
 * Fetch the name of an example that came with the address.
 * @param {Example} example
 * @param {() => void} done
 */
function nameExample(example, done) {
  if (example.sound === undefined || knownRow(example.sound)) return;
  findRow(example.sound).then(done, () => removeExample(example));
}

/**
 * @param {[number|null, number|null]} range
 * @param {(value: number) => string} format
 */
function rangeText([low, high], format) {
  if (low === null) return `≤ ${format(high ?? 0)}`;
  if (high === null) return `≥ ${format(low)}`;
  return `${format(low)} – ${format(high)}`;
}
