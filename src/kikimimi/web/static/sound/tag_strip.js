/** How much of each tag is heard when: one band a tag, under the same time axis as the pictures. */

import { createCanvasLayer, token } from "../components/canvas_layer.js";
import { h } from "../components/dom.js";
import { describeTime } from "../components/time_description.js";
import { drawMarks } from "../components/time_marks.js";
import { createTimeSurface } from "../components/time_surface.js";
import { formatTime, wholeView, xAt } from "../components/time_view.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { bandOutline, loudestTime } from "./tag_bands.js";

/** Height of a band in CSS pixels, also in `sound.css`. */
const BAND = 20;

/**
 * @param {import("./calls.js").TagsOverTime} content
 * @param {object} options
 * @param {number} options.durationS
 * @param {import("./timeline.js").Timeline} options.timeline
 * @param {(timeS: number) => void} options.onPlayFrom
 * @returns {import("./timeline.js").Part & {labels: HTMLElement, element: HTMLElement, destroy: () => void}}
 */
export function createTagStrip({ times_s, tags }, { durationS, timeline, onPlayFrom }) {
  const labels = h(
    "ul",
    { class: "tag-strip-labels" },
    tags.map((tag) => {
      const timeS = loudestTime(times_s, tag.scores);
      const title = t("sound.strip.most", { tag: tagLabel(tag), time: formatTime(timeS, 1) });
      return h("li", null, h("button", { type: "button", title, "aria-label": title, onclick: () => onPlayFrom(timeS) }, tagLabel(tag)));
    }),
  );
  const element = h("div", {
    class: "tag-strip time-canvas",
    tabIndex: 0,
    role: "slider",
    "aria-label": t("sound.strip"),
    style: { height: `${BAND * tags.length}px` },
  });

  const picture = createCanvasLayer(element, (context, { width }) => {
    const { view } = surface.state();
    const accent = token(element, "--accent", "#4aa3ff");
    const line = token(element, "--line", "#333");
    tags.forEach(({ scores }, band) => {
      const bottom = BAND * (band + 1);
      context.fillStyle = line;
      context.fillRect(0, bottom - 1, width, 1);
      context.beginPath();
      context.moveTo(xAt(view, 0, width), bottom - 1);
      for (const { timeS, score } of bandOutline(times_s, scores, durationS)) {
        context.lineTo(xAt(view, timeS, width), bottom - 1 - score * (BAND - 3));
      }
      context.lineTo(xAt(view, durationS, width), bottom - 1);
      context.fillStyle = accent;
      context.globalAlpha = 0.75;
      context.fill();
      context.globalAlpha = 1;
    });
  });
  const marks = createCanvasLayer(element, (context, size) => {
    const colours = { accent: token(element, "--accent", "#4aa3ff"), text: token(element, "--text", "#fff") };
    drawMarks(context, size, surface.state(), colours);
  });
  const surface = createTimeSurface(element, {
    ...timeline.listeners,
    changed: () => {
      if (surface.state().view !== drawnView) picture.redraw();
      drawnView = surface.state().view;
      marks.redraw();
      describeTime(element, surface.state());
    },
  });
  let drawnView = surface.state().view;
  surface.update({ view: wholeView(durationS) });

  return {
    labels,
    element,
    setView: (view) => surface.update({ view }),
    setRegion: (region) => surface.update({ region }),
    setPlayhead: (playheadS) => surface.update({ playheadS }),
    destroy() {
      surface.destroy();
      picture.destroy();
      marks.destroy();
    },
  };
}
