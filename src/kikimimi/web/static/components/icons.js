/** Icons on a 16 px grid, drawn for this page, as paths of strokes. */

const PATHS = /** @type {const} */ ({
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM11 11l3.5 3.5",
  microphone: "M8 10a2 2 0 0 0 2-2V4a2 2 0 1 0-4 0v4a2 2 0 0 0 2 2ZM3.5 8a4.5 4.5 0 0 0 9 0M8 12.5V15",
  file: "M9 1.5H4v13h8v-10ZM9 1.5v3h3",
  history: "M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2 2.5v3h3M8 5v3l2 2",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  play: "M5 3l8 5-8 5Z",
  stop: "M4 4h8v8H4Z",
  pause: "M5.5 3v10M10.5 3v10",
  loop: "M3 9V6.5A2.5 2.5 0 0 1 5.5 4H13M11 2l2 2-2 2M13 7v2.5a2.5 2.5 0 0 1-2.5 2.5H3M5 14l-2-2 2-2",
  previous: "M12 3l-7 5 7 5ZM4 3v10",
  next: "M4 3l7 5-7 5ZM12 3v10",
  volume: "M2 6v4h2.5L8 13V3L4.5 6ZM10.5 5.5a3.5 3.5 0 0 1 0 5M12.5 3.5a6.5 6.5 0 0 1 0 9",
  loudness: "M2 8h2M6 5v6M9 3v10M12 6v4M15 8h-1",
  region: "M3 2v12M13 2v12M3 8h10M6 5.5 3.5 8 6 10.5M10 5.5 12.5 8 10 10.5",
  columns: "M2 3h12v10H2ZM6 3v10M10 3v10",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  right: "M6 3l5 5-5 5",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
  moon: "M13 10A6 6 0 0 1 6 3a5.5 5.5 0 1 0 7 7Z",
  language: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM1.5 8h13M8 1.5c2 2 2.5 4.500 2.500 6.500S10 12.500 8 14.500C6 12.500 5.500 10 5.500 8S6 3.500 8 1.500",
  help: "M6 6a2 2 0 1 1 3 1.700c-.7.4-1 .8-1 1.600M8 12v.1M8 15A7 7 0 1 0 8 1a7 7 0 0 0 0 14",
  undo: "M5.500 3 2.500 6l3 3M3 6h6.500a3.500 3.500 0 0 1 0 7H6",
  redo: "M10.500 3l3 3-3 3M13 6H6.500a3.500 3.500 0 0 0 0 7H10",
  tag: "M2 2h5.500L14 8.500 8.500 14 2 7.500ZM5 5v.1",
  list: "M2 4h.1M2 8h.1M2 12h.1M5 4h9M5 8h9M5 12h9",
  folder: "M1.500 13V3h4.500l1.500 2H14.500v8Z",
  check: "M3 8.500l3.500 3.500L13 5",
  panel: "M2 3h12v10H2ZM10 3v10",
  filter: "M2 3h12L9.500 8.500V13l-3-1.500v-3Z",
  similar: "M2 8c1.500-5 3-5 4 0s2.500 5 4 0 2.500-4 4-1",
  open: "M9 2.500h4.500V7M13.500 2.500 7.500 8.500M12 9.500v4H2.500V4h4",
  copy: "M5.500 5.500h8v8h-8ZM10.500 5.500v-3h-8v8h3",
  grip: "M6 4v.1M10 4v.1M6 8v.1M10 8v.1M6 12v.1M10 12v.1",
  edit: "M2.500 13.500l.7-3L10.500 3.200l2.300 2.300-7.300 7.300Z",
  trash: "M3 4.500h10M6 4.500v-2h4v2M4.500 4.500l.5 9h6l.5-9",
  download: "M8 2v8M4.500 7 8 10.500 11.500 7M2.500 13.500h11",
  warning: "M8 2 1.500 13.500h13ZM8 6.500v3M8 11.700v.1",
  teach: "M1.500 6 8 3l6.500 3L8 9ZM4 7.500V11c2 1.800 6 1.800 8 0V7.500",
  bell: "M3 11.500h10c-1-1-1.500-2-1.500-4.500a3.500 3.500 0 0 0-7 0c0 2.500-.500 3.500-1.500 4.500ZM6.500 13.500a1.600 1.600 0 0 0 3 0",
  lock: "M3.500 7h9v7h-9ZM5.500 7V4.500a2.500 2.500 0 0 1 5 0V7",
  more: "M3 8h.1M8 8h.1M13 8h.1",
});

/** @typedef {keyof typeof PATHS} IconName */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
