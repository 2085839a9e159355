/** The head of the live page: what is heard, how it stands, how loud it is, what to show of it. */

import { iconButton, setPressed } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatRate } from "../components/format.js";
import { icon } from "../components/icons.js";
import { t } from "../i18n/i18n.js";
import { readPreference, writePreference } from "../state/preferences.js";
import { formatDb, stateWords } from "./words.js";

export const SPANS_S = [30, 120, 600];
const SPAN_KEPT_AS = "live.span";
const READ_OUT_KEPT_AS = "live.read-out";
const READ_OUT = ["all", "alerts", "nothing"];

/**
 * @param {import("./model.js").Model} model
 * @param {{onspan: (spanS: number) => void, onhold: (held: boolean) => void}} options
 */
export function createHead({ known }, { onspan, onhold }) {
  const source = h("p", { class: "live-source" });
  const state = h("span", { role: "status" });
  const more = h("small", null);
  const stateBox = h("p", { class: "live-state" }, state, more);
  const privacy = h("p", { class: "live-privacy" });
  const readings = {
    LAeq: createReading("LAeq", t("live.LAeq")),
    LAF: createReading("LAF", t("live.LAF")),
    LAFmax: createReading("LAFmax", t("live.LAFmax")),
  };
  const unit = h("p", { class: "live-note" });
  const span = select(t("live.span"), SPANS_S.map((s) => ({ value: String(s), text: s < 60 ? t("live.span.s", { value: s }) : t("live.span.min", { value: s / 60 }) })));
  const readOut = select(t("live.read-out"), READ_OUT.map((value) => ({ value, text: t(`live.read-out.${value}`) })));
  const hold = iconButton("pause", t("live.hold"), () => setHeld(hold.getAttribute("aria-pressed") !== "true"), { pressed: false, keys: "h" });

  /** @param {boolean} held */
  function setHeld(held) {
    setPressed(hold, held);
    onhold(held);
  }

  /** @param {number} spanS */
  function setSpan(spanS) {
    span.input.value = String(spanS);
    writePreference(SPAN_KEPT_AS, spanS);
    onspan(spanS);
  }

  const kept = readPreference(SPAN_KEPT_AS, 120);
  span.input.value = String(SPANS_S.includes(kept) ? kept : 120);
  span.input.addEventListener("change", () => setSpan(Number(span.input.value)));
  readOut.input.value = READ_OUT.find((value) => value === readPreference(READ_OUT_KEPT_AS, "all")) ?? "all";
  readOut.input.addEventListener("change", () => writePreference(READ_OUT_KEPT_AS, readOut.input.value));

  let said = "";
  /** How it stands, and the levels of now where there are any. */
  function showState() {
    const words = stateWords(known.now, known.isFresh || known.now === null);
    if (said !== words.text) {
      said = words.text;
      replaceChildren(state, icon(words.icon), h("strong", null, words.text));
      stateBox.dataset.kind = words.kind;
    }
    setText(more, words.more);
    const last = words.kind === "good" ? known.levels.at(-1) : undefined;
    readings.LAeq.show(last ? formatDb(last.LAeq) : "–");
    readings.LAF.show(last ? formatDb(last.LAF) : "–");
  }

  return {
    element: h(
      "header",
      { class: "live-head" },
      h("div", { class: "live-title" }, h("h1", null, t("live.title")), source, stateBox, privacy),
      h("div", { class: "live-readings" }, h("dl", null, Object.values(readings).map(({ element }) => element)), unit),
      h("div", { class: "live-controls" }, span.element, readOut.element, hold),
    ),
    spanS: () => Number(span.input.value),
    /** @returns {string} all, alerts or nothing */
    readOut: () => readOut.input.value,
    toggleHold: () => hold.click(),
    /** @param {1|-1} by show more or less time */
    stepSpan(by) {
      const at = SPANS_S.indexOf(Number(span.input.value)) + by;
      if (SPANS_S[at]) setSpan(SPANS_S[at]);
    },
    showState,
    /** @param {number|null} most the highest level of what is shown */
    refresh(most) {
      const { started, keepsAudio, fullScaleDb } = known;
      readings.LAFmax.show(most === null ? "–" : formatDb(most));
      setText(unit, t(fullScaleDb === 0 ? "live.unit.full-scale" : "live.unit.pressure"));
      setText(source, started ? t("live.source", { name: started.source, rate: formatRate(started.sample_rate_hz), count: started.channels }) : "");
      if (privacy.hidden !== keepsAudio || !privacy.hasChildNodes()) {
        privacy.hidden = keepsAudio;
        replaceChildren(privacy, icon("lock"), h("span", null, t("live.private")));
        privacy.title = t("live.private.more");
      }
      showState();
    },
  };
}

/** @param {string} name @param {string} meaning */
function createReading(name, meaning) {
  const value = h("dd", null, "–");
  return {
    element: h("div", null, h("dt", null, name, h("small", null, meaning)), value),
    /** @param {string} text */
    show: (text) => setText(value, text),
  };
}

/** @param {string} label @param {{value: string, text: string}[]} choices */
function select(label, choices) {
  const input = h("select", { class: "field" }, choices.map(({ value, text }) => h("option", { value }, text)));
  return { input, element: h("label", null, h("span", null, label), input) };
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
