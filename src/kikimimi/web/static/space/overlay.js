/** What is drawn over the points: names and values of the axes, links, rings and the lasso. */

/**
 * @typedef {object} AxisLabels
 * @property {string} title
 * @property {{at: number, text: string}[]} ticks `at` from -1 to 1
 */

/**
 * A sound by its index, or a place between some: an example that is not in the library stands
 * among its nearest.
 * @typedef {number | {among: number[], weights: number[]}} Spot
 */

/**
 * @typedef {object} Ring
 * @property {Spot} spot
 * @property {"current" | "hover" | "near" | "query"} kind
 * @property {string} [label]
 */

/**
 * @typedef {object} Highlights
 * @property {Ring[]} rings
 * @property {{from: Spot, to: Spot, strength: number}[]} links
 * @property {{x: number, y: number}[]} lasso CSS pixels
 */

/**
 * @typedef {object} OverlayColours
 * @property {string} text
 * @property {string} soft
 * @property {string} accent
 * @property {string} ground
 * @property {string} font
 */

/**
 * @typedef {object} Scene
 * @property {import("./frame.js").LabelledEdge[]} edges
 * @property {AxisLabels[]} axes
 * @property {Highlights} highlights
 * @property {OverlayColours} colours
 * @property {(point: readonly [number, number, number]) => {x: number, y: number} | null} placeOf
 * @property {(spot: Spot) => [number, number, number]} pointOf
 */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {Scene} scene
 */
export function drawOverlay(context, size, scene) {
  for (const edge of scene.edges) drawAxis(context, size, scene, edge);
  drawLinks(context, scene);
  for (const ring of scene.highlights.rings) drawRing(context, size, scene, ring);
  drawLasso(context, scene);
}

const TICK_GAP = 14;
const TITLE_GAP = 32;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {Scene} scene
 * @param {import("./frame.js").LabelledEdge} edge
 */
function drawAxis(context, size, { axes, placeOf, colours }, { axis, start, end }) {
  const labels = axes[axis];
  const [from, to, middle] = [placeOf(start), placeOf(end), placeOf([0, 0, 0])];
  if (!labels || !from || !to || !middle) return;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 40) return; // seen end-on
  const out = outward(from, to, middle);
  const align = out.x < -0.5 ? "right" : out.x > 0.5 ? "left" : "center";
  Object.assign(context, { textAlign: align, textBaseline: "middle", font: `11px ${colours.font}` });

  const shown = labels.ticks.filter((_, i) => i % Math.ceil((labels.ticks.length * 30) / length) === 0);
  for (const { at, text } of shown) {
    const point = [0, 1, 2].map((i) => (i === axis ? at : start[i]));
    const place = placeOf(/** @type {[number, number, number]} */ (point));
    if (place) outlined(context, text, place.x + out.x * TICK_GAP, place.y + out.y * TICK_GAP, colours.soft, colours);
  }
  const widest = Math.max(0, ...shown.map(({ text }) => context.measureText(text).width));
  context.font = `600 12px ${colours.font}`;
  const half = context.measureText(labels.title).width / 2;
  context.textAlign = "center";
  // Along a slanting edge a wide title would reach back to the values.
  const slant = (half * Math.abs(to.y - from.y)) / length;
  const gap = align === "center" ? TITLE_GAP + 1.25 * slant : TICK_GAP + widest + 12;
  const reach = align === "center" ? 0 : half * Math.sign(out.x);
  const x = (from.x + to.x) / 2 + out.x * gap + reach;
  const y = (from.y + to.y) / 2 + out.y * gap;
  const heldX = Math.min(Math.max(x, half + 8), size.width - half - 8);
  const heldY = Math.min(Math.max(y, 12), size.height - 12);
  outlined(context, labels.title, heldX, heldY, colours.text, colours);
}

/**
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {{x: number, y: number}} middle
 * @returns {{x: number, y: number}} unit vector across an edge, away from the middle
 */
function outward(from, to, middle) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const across = { x: (to.y - from.y) / length, y: (from.x - to.x) / length };
  const away = { x: (from.x + to.x) / 2 - middle.x, y: (from.y + to.y) / 2 - middle.y };
  const sign = across.x * away.x + across.y * away.y < 0 ? -1 : 1;
  return { x: across.x * sign, y: across.y * sign };
}

/**
 * Text with an edge in the colour of the ground, to be read over points.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {OverlayColours} colours
 */
function outlined(context, text, x, y, colour, { ground }) {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = ground;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawLinks(context, { highlights, placeOf, pointOf, colours }) {
  for (const { from, to, strength } of highlights.links) {
    const [start, end] = [placeOf(pointOf(from)), placeOf(pointOf(to))];
    if (!start || !end) continue;
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.lineTo(end.x, end.y);
    context.strokeStyle = colours.accent;
    context.lineWidth = 1 + 1.5 * strength;
    context.globalAlpha = 0.35 + 0.6 * strength;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** @type {Record<Ring["kind"], {radius: number, width: number}>} */
const RINGS = {
  near: { radius: 5, width: 1.5 },
  hover: { radius: 8, width: 2 },
  current: { radius: 9, width: 2.5 },
  query: { radius: 9, width: 2.5 },
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size
 * @param {Scene} scene
 * @param {Ring} ring
 */
function drawRing(context, { width }, { placeOf, pointOf, colours }, { spot, kind, label }) {
  const place = placeOf(pointOf(spot));
  if (!place) return;
  const shape = RINGS[kind];
  for (const [colour, extra] of /** @type {const} */ ([[colours.ground, 2], [colours.accent, 0]])) {
    context.beginPath();
    context.arc(place.x, place.y, shape.radius, 0, 2 * Math.PI);
    context.lineWidth = shape.width + extra;
    context.strokeStyle = colour;
    context.stroke();
  }
  if (!label) return;
  context.font = `600 12px ${colours.font}`;
  context.textBaseline = "middle";
  const leftwards = place.x + 16 + context.measureText(label).width > width;
  context.textAlign = leftwards ? "right" : "left";
  outlined(context, label, place.x + (leftwards ? -14 : 14), place.y, colours.text, colours);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Scene} scene
 */
function drawLasso(context, { highlights: { lasso }, colours }) {
  if (lasso.length < 2) return;
  context.beginPath();
  for (const { x, y } of lasso) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = context.strokeStyle = colours.accent;
  context.globalAlpha = 0.15;
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}
