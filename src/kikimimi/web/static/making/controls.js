/** The form: what is to be made, how far from the sound, how many. */

import { button, iconButton } from "../components/buttons.js";
import { h, replaceChildren } from "../components/dom.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { MOST_AT_ONCE } from "./wishes.js";

/** @typedef {import("./wishes.js").Wish} Wish */
/** @typedef {import("./wishes.js").Method} Method */

const METHODS = /** @type {const} */ (["vary", "blend", "sample"]);
const LARGEST_SEED = 999_999;

/**
 * @param {import("./calls.js").Generator} generator
 * @param {Wish} wish
 * @param {{onchange: (patch: Partial<Wish>) => void, onmake: () => void, onstop: () => void}} on
 */
export function createControls(generator, wish, { onchange, onmake, onstop }) {
  const values = { ...wish };
  /** @param {Partial<Wish>} patch */
  const set = (patch) => (Object.assign(values, patch), onchange(patch));
  const possible = METHODS.filter((method) => generator.samples || method === "blend");
  if (!possible.includes(values.method)) set({ method: possible[0] });

  const own = h("div", { class: "making-own" });
  const seed = h("input", numberProps("making.seed", values.seed, 0, LARGEST_SEED, 1, (value) => set({ seed: value })));
  const another = () => {
    seed.value = String(Math.floor(Math.random() * LARGEST_SEED));
    set({ seed: Number(seed.value) });
  };
  const loop = h("input", { type: "checkbox", checked: values.loop, onchange: () => set({ loop: loop.checked }) });
  const make = button(t("making.make"), () => {}, { kind: "primary", type: "submit" });
  const stop = button(t("making.break-off"), onstop, { icon: "stop" });
  const status = h("span", { class: "making-status", role: "status" });
  const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": t("making.progress") });
  stop.hidden = true;
  const element = h(
    "form",
    { class: "making-form", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), onmake()) },
    h("fieldset", { class: "making-methods" }, h("legend", null, t("making.method")), possible.map(methodChoice)),
    own,
    h(
      "div",
      { class: "making-common" },
      labelled("making.seed", seed),
      iconButton("redo", t("making.seed.another"), another),
      h("label", { class: "making-check" }, loop, h("span", null, t("making.loop"))),
    ),
    h("div", { class: "making-actions" }, make, stop, bar, status),
  );
  showOwn();

  /** @param {Method} method */
  function methodChoice(method) {
    const choose = () => (set({ method }), showOwn());
    const input = h("input", { type: "radio", name: "making-method", value: method, checked: method === values.method, onchange: choose });
    return h("label", { class: "making-check" }, input, h("span", null, t(`making.method.${method}`)));
  }

  function showOwn() {
    const count = labelled("making.count", h("input", numberProps("making.count", values.count, 1, MOST_AT_ONCE, 1, (value) => set({ count: value }))));
    const parts = {
      vary: () => [slider("making.amount", values.amount, (amount) => set({ amount }), percent), count],
      blend: () => [
        slider("making.share", values.share, (share) => set({ share }), (share) => t("making.share.value", { first: Math.round(100 * (1 - share)), second: Math.round(100 * share) })),
        labelled("making.steps", h("input", numberProps("making.steps", values.steps, 1, MOST_AT_ONCE, 1, (steps) => set({ steps })))),
      ],
      sample: () => [
        generator.classes.length ? labelled("making.class", classChoice()) : null,
        generator.knows_text ? labelled("making.text", h("input", { class: "field", value: values.text, maxLength: 500, oninput: (/** @type {any} */ event) => set({ text: event.target.value }) })) : null,
        labelled("making.seconds", h("input", numberProps("making.seconds", values.seconds, 0.5, 60, 0.5, (seconds) => set({ seconds })))),
        count,
      ],
    };
    replaceChildren(own, parts[values.method]());
  }

  function classChoice() {
    const options = generator.classes
      .map((one) => ({ name: one.name, label: tagLabel(one) }))
      .sort((a, b) => a.label.localeCompare(b.label));
    const select = h(
      "select",
      { class: "field", onchange: () => set({ label: select.value }) },
      h("option", { value: "" }, t("making.class.any")),
      options.map(({ name, label }) => h("option", { value: name, selected: name === values.label }, label)),
    );
    return select;
  }

  return {
    element,
    /** @param {number|null} share of the work that is done, null when none is under way */
    showProgress(share) {
      const busy = share !== null;
      make.disabled = busy;
      stop.hidden = !busy;
      bar.hidden = !busy;
      bar.value = share ?? 0;
    },
    /** @param {string} text */
    say(text) {
      status.textContent = text;
    },
  };
}

/** @param {number} value */
const percent = (value) => `${Math.round(100 * value)} %`;

/**
 * @param {string} key of its label
 * @param {HTMLElement} control
 */
function labelled(key, control) {
  return h("label", { class: "form-label" }, t(key), control);
}

/**
 * @param {string} key
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @param {number} step
 * @param {(value: number) => void} onvalue
 */
function numberProps(key, value, min, max, step, onvalue) {
  return {
    class: "field",
    type: "number",
    "data-name": key,
    min: String(min),
    max: String(max),
    step: String(step),
    value: String(value),
    required: true,
    oninput: (/** @type {any} */ event) => event.target.validity.valid && onvalue(Number(event.target.value)),
  };
}

/**
 * @param {string} key
 * @param {number} value in [0, 1]
 * @param {(value: number) => void} onvalue
 * @param {(value: number) => string} format
 */
function slider(key, value, onvalue, format) {
  // an <output> would take the label away from the slider
  const shown = h("span", { class: "making-value" }, format(value));
  const input = h("input", {
    type: "range",
    min: "0",
    max: "100",
    step: "5",
    value: String(Math.round(100 * value)),
    "data-name": key,
    "aria-valuetext": format(value),
    oninput: () => {
      const now = Number(input.value) / 100;
      shown.textContent = format(now);
      input.setAttribute("aria-valuetext", format(now));
      onvalue(now);
    },
  });
  return h("label", { class: "form-label making-slider" }, h("span", null, t(key), " ", shown), input);
}
