/** A range with two handles over a histogram of what there is. */

import { h } from "../components/dom.js";
import { themeColour } from "../components/theme_colours.js";
import { t } from "../i18n/i18n.js";

/** @typedef {import("./scales.js").Scale} Scale */
/** @typedef {import("../api/types.js").Bin} Bin */

const STEPS = 200;

/**
 * @param {object} options
 * @param {string} options.label
 * @param {Scale} options.scale
 * @param {(value: number) => string} options.format
 * @param {(value: number) => number} options.round
 * @param {(low: number|null, high: number|null) => void} options.onchange null: open on this side
 */
export function createRangeSlider({ label, scale, format, round, onchange }) {
  const canvas = h("canvas", { class: "histogram", width: 400, height: 72, "aria-hidden": "true" });
  const low = handle(t("facets.range.low", { name: label }), 0);
  const high = handle(t("facets.range.high", { name: label }), STEPS);
  const lowText = h("span");
  const highText = h("span");
  const fill = h("div", { class: "range-fill" });
  const element = h(
    "div",
    { class: "range", role: "group", "aria-label": label },
    canvas,
    h("div", { class: "range-track" }, fill, low, high),
    h("div", { class: "range-values" }, lowText, highText),
  );
  /** @type {Bin[]} */
  let bins = [];

  /** @param {string} name @param {number} value */
  function handle(name, value) {
    const props = { type: "range", min: "0", max: String(STEPS), value: String(value), "aria-label": name };
    return h("input", { ...props, oninput: () => (keepOrder(), show()), onchange: send });
  }

  function keepOrder() {
    const [a, b] = [Number(low.value), Number(high.value)];
    if (a <= b) return;
    if (document.activeElement === low) low.value = String(b);
    else high.value = String(a);
  }

  function chosen() {
    const [a, b] = [Number(low.value), Number(high.value)];
    return {
      low: a === 0 ? null : round(scale.toValue(a / STEPS)),
      high: b === STEPS ? null : round(scale.toValue(b / STEPS)),
    };
  }

  function show() {
    const range = chosen();
    const [from, to] = [Number(low.value) / STEPS, Number(high.value) / STEPS];
    lowText.textContent = range.low === null ? t("facets.range.any") : `≥ ${format(range.low)}`;
    highText.textContent = range.high === null ? t("facets.range.any") : `≤ ${format(range.high)}`;
    low.setAttribute("aria-valuetext", lowText.textContent);
    high.setAttribute("aria-valuetext", highText.textContent);
    fill.style.left = `${from * 100}%`;
    fill.style.right = `${(1 - to) * 100}%`;
    draw(from, to);
  }

  /** @param {number} from @param {number} to */
  function draw(from, to) {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const { width, height } = canvas;
    context.clearRect(0, 0, width, height);
    const most = Math.sqrt(Math.max(1, ...bins.map(({ count }) => count)));
    for (const bin of bins) {
      const [left, right] = [scale.toShare(bin.from), scale.toShare(bin.to)];
      const tall = (Math.sqrt(bin.count) / most) * (height - 2);
      const inside = (left + right) / 2 >= from && (left + right) / 2 <= to;
      context.fillStyle = themeColour(inside ? "--accent" : "--line-strong");
      context.globalAlpha = inside ? 0.8 : 0.45;
      context.fillRect(left * width + 1, height - tall, Math.max(1, (right - left) * width - 2), tall);
    }
  }

  function send() {
    const range = chosen();
    onchange(range.low, range.high);
  }

  show();
  return {
    element,
    /** @param {Bin[]} histogram */
    setHistogram(histogram) {
      bins = histogram;
      show();
    },
    /** @param {number|null} from @param {number|null} to */
    setRange(from, to) {
      if (element.contains(document.activeElement) && element.matches(":active")) return;
      low.value = String(from === null ? 0 : Math.round(scale.toShare(from) * STEPS));
      high.value = String(to === null ? STEPS : Math.round(scale.toShare(to) * STEPS));
      show();
    },
    redraw: show,
  };
}
