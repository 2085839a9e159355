/** What the page says of a listener. */

import { t, tagLabel } from "../i18n/i18n.js";
import { timeOfDay } from "./axes.js";

/** @typedef {import("./calls.js").Now} Now */

const QUIET_S = 5;

/** @param {number} db @returns {string} with a real minus */
export const formatDb = (db) => db.toFixed(1).replace("-", "−");

/** @param {number} seconds */
export const formatSeconds = (seconds) => t("live.seconds", { value: seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds)) });

/** @param {{label: string, label_en: string, label_ja: string}} one */
export const soundName = (one) => tagLabel({ name: one.label, label_en: one.label_en, label_ja: one.label_ja });

/** @param {import("./calls.js").Alert} alert */
export const alertName = (alert) => t("live.say.alert", { rule: alert.rule, name: soundName(alert) });

/**
 * How the source stands: what stays the same while nothing changes, and what goes on each second.
 * @param {Now|null} now
 * @param {boolean} isReached whether the server answers
 * @returns {{kind: "good"|"bad"|"plain", icon: import("../components/icons.js").IconName, text: string, more: string}}
 */
export function stateWords(now, isReached) {
  if (!isReached) return { kind: "bad", icon: "warning", text: t("live.state.server"), more: t("live.state.server.more") };
  if (now === null || now.state === "starting") return { kind: "plain", icon: "history", text: t("live.state.starting"), more: "" };
  const time = timeOfDay(now.since);
  if (now.state === "ended") return { kind: "plain", icon: "stop", text: t("live.state.ended"), more: now.heard_s === null ? "" : t("live.state.ended.more", { seconds: formatSeconds(now.heard_s) }) };
  if (now.state === "away") return { kind: "bad", icon: "warning", text: t("live.state.away", { time }), more: now.message };
  if (now.quiet_s >= QUIET_S) return { kind: "bad", icon: "warning", text: t("live.state.quiet"), more: t("live.state.quiet.more", { seconds: formatSeconds(now.quiet_s) }) };
  const back = now.state === "back";
  return { kind: "good", icon: "check", text: t(back ? "live.state.back" : "live.state.heard", { time }), more: "" };
}
