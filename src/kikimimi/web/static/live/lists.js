/** Alerts, what is heard, what waits and what went wrong, as lists; the newest first. */

import { h, replaceChildren } from "../components/dom.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/i18n.js";
import { timeOfDay } from "./axes.js";
import { keyOf } from "./model.js";
import { formatDb, formatSeconds, soundName } from "./words.js";

/** @typedef {import("./calls.js").Happening} Happening */
/** @typedef {import("./calls.js").Alert} Alert */

const MOST_ALERTS = 100;
const MOST_HEARD = 40;
const MOST_FAULTS = 10;

/**
 * A list whose rows are made anew only where they are to say something else.
 * @template T
 * @param {{name: string, empty: string, keyOf: (one: T) => string, rowOf: (one: T) => (Node|string|null)[]}} options
 */
function createList({ name, empty, keyOf: key, rowOf }) {
  const items = h("ul", { "aria-label": name, tabIndex: 0 });
  const note = h("p", { class: "live-note" }, empty);
  /** @type {Map<string, {element: HTMLLIElement, saying: string}>} */
  let rows = new Map();
  return {
    element: h("section", { class: "live-list" }, h("h2", null, name), note, items),
    /** @param {readonly T[]} things the newest first */
    show(things) {
      const before = rows;
      rows = new Map();
      things.forEach((thing, at) => {
        const saying = JSON.stringify(thing);
        const row = before.get(key(thing)) ?? { element: h("li", null), saying: "" };
        if (row.saying !== saying) replaceChildren(row.element, rowOf(thing));
        rows.set(key(thing), { element: row.element, saying });
        if (items.children[at] !== row.element) items.insertBefore(row.element, items.children[at] ?? null);
      });
      while (items.children.length > things.length) items.lastElementChild?.remove();
      note.hidden = things.length > 0;
    },
  };
}

/** @param {Happening} one */
function measures({ duration_s, score, level_db }) {
  const values = [formatSeconds(duration_s), t("live.score", { value: score.toFixed(2) })];
  if (level_db !== null) values.push(`${formatDb(level_db)} dB`);
  return h("small", null, values.join(" · "));
}

/** An alert tells of a beginning: its length and level are not known yet. @param {Alert} alert */
function alertMeasures({ kind, score, count, held_off }) {
  const values = [kind === "level" ? `${formatDb(score)} dB` : t("live.score", { value: score.toFixed(2) })];
  if (count > 1) values.push(t("live.alert.count", { count }));
  if (held_off > 0) values.push(t("live.alert.held-off", { count: held_off }));
  return h("small", null, values.join(" · "));
}

/** @param {string} time */
const clockTime = (time) => h("time", { dateTime: time, title: time }, timeOfDay(time));

/** @param {Alert} alert */
const alertRow = (alert) => [
  icon("bell"),
  clockTime(alert.time),
  h(
    "div",
    null,
    h("strong", null, alert.rule),
    h("span", null, soundName(alert)),
    alert.description ? h("small", null, alert.description) : null,
    alertMeasures(alert),
  ),
];

/** @param {Happening} one */
const heardRow = (one) => [
  icon(one.kind === "anomaly" ? "warning" : "similar"),
  clockTime(one.time),
  h(
    "div",
    null,
    h("span", null, soundName(one)),
    one.kind === "anomaly" ? h("span", { class: "live-badge" }, t("live.anomaly")) : null,
    one.is_over ? null : h("span", { class: "live-badge", "data-kind": "now" }, t("live.now")),
    measures(one),
  ),
];

/** @param {import("./calls.js").Queue} queue */
const queueRow = ({ action, waiting, is_failing }) => [
  icon(is_failing ? "warning" : waiting ? "history" : "check"),
  h("div", null, h("strong", null, action), h("span", null, waiting ? t("live.queue.waiting", { count: waiting }) : t("live.queue.empty")), is_failing ? h("small", null, t("live.queue.failing")) : null),
];

/** @param {import("./calls.js").Fault} fault */
const faultRow = ({ time, part, message, is_over }) => [
  icon(is_over ? "check" : "warning"),
  clockTime(time),
  h("div", null, h("strong", null, part), h("small", null, message)),
];

/** @param {import("./model.js").Model} model */
export function createLists({ known }) {
  const alerts = createList({ name: t("live.alerts"), empty: t("live.alerts.none"), keyOf: (/** @type {Alert} */ one) => one.id, rowOf: alertRow });
  const heard = createList({ name: t("live.heard"), empty: t("live.heard.none"), keyOf, rowOf: heardRow });
  const queues = createList({ name: t("live.queues"), empty: t("live.queues.none"), keyOf: (/** @type {import("./calls.js").Queue} */ one) => one.action, rowOf: queueRow });
  const faults = createList({ name: t("live.faults"), empty: t("live.faults.none"), keyOf: (/** @type {import("./calls.js").Fault} */ one) => `${one.time} ${one.part} ${one.message}`, rowOf: faultRow });
  return {
    element: h("aside", { class: "live-lists", "aria-label": t("live.lists") }, alerts.element, heard.element, queues.element, faults.element),
    refresh() {
      alerts.show(known.alerts.slice(-MOST_ALERTS).reverse());
      heard.show([...known.happenings.values()].sort((a, b) => b.sound - a.sound || b.onset_s - a.onset_s).slice(0, MOST_HEARD));
      queues.show(known.queues);
      faults.show(known.faults.slice(-MOST_FAULTS).reverse());
    },
  };
}
