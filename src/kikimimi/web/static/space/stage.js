/**
 * The picture of the space: what is drawn, from where, and when. It draws only when something has
 * changed, fewer points while they move on a slow machine, all of them once they rest.
 */

import { createCanvasLayer } from "../components/canvas_layer.js";
import { createBudget } from "./budget.js";
import { Cloud } from "./cloud.js";
import { frameLines, frameShape } from "./frame.js";
import { createGlides } from "./glides.js";
import { between, FRONT, HOME, viewProjection } from "./orbit.js";
import { drawOverlay } from "./overlay.js";
import { createPickGrid } from "./pick_grid.js";
import { project, projectPoint, weightedMean } from "./projection.js";

/** @typedef {import("./orbit.js").Orbit} Orbit */
/** @typedef {import("./overlay.js").AxisLabels} AxisLabels */
/** @typedef {import("./overlay.js").Highlights} Highlights */

const GLIDE_MS = 700;
const TURN_MS = 450;
/** After so long without a change the points are at rest. */
const REST_MS = 140;

export class Stage {
  /**
   * @param {import("./three.js").Three} three
   * @param {HTMLElement} host a positioned element with a size of its own
   * @param {{labelColours: () => import("./overlay.js").OverlayColours, moved: () => void}} options
   *   `moved`: the camera has come to rest somewhere else
   * @throws {Error} the browser has no WebGL
   */
  constructor(three, host, { labelColours, moved }) {
    this.host = host;
    this.moved = moved;
    this.labelColours = labelColours;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "canvas-layer";
    this.canvas.setAttribute("aria-hidden", "true");
    host.append(this.canvas);
    this.cloud = new Cloud(three, this.canvas);
    this.budget = createBudget();
    /** @type {Orbit} */
    this.orbit = HOME;
    this.placed = false;
    this.marked = false;
    this.drawnPoints = 0;
    this.flatness = 0;
    this.mixing = 1;
    this.fullDetail = false;
    /** @type {Uint32Array} */
    this.order = new Uint32Array(0);
    /** @type {AxisLabels[]} */
    this.axes = [];
    /** @type {Highlights} */
    this.highlights = { rings: [], links: [], lasso: [] };
    this.size = { width: 1, height: 1, ratio: 1 };
    /** Which walls and ticks the frame was last made for. */
    this.frameKey = "";
    this.frame = 0;
    this.lastFrame = 0;
    this.movingUntil = 0;
    this.glides = createGlides();
    /** @type {import("./pick_grid.js").PickGrid | null} */
    this.grid = null;
    this.overlay = createCanvasLayer(host, (context, size) => this.#drawOverlay(context, size), {
      resized: (size) => this.#resized(size),
    });
  }

  get flat() {
    return this.flatness > 0.5;
  }

  get matrix() {
    const { width, height } = this.size;
    return viewProjection(this.orbit, width / Math.max(height, 1));
  }

  /**
   * @param {number} count of the sounds
   * @param {Uint32Array} order of drawing, see `order.js`
   */
  setSounds(count, order) {
    this.cloud.setCount(count);
    this.fresh = true;
    this.setOrder(order);
  }

  /** @param {Uint32Array} order indices of what is to be seen */
  setOrder(order) {
    this.order = order;
    this.cloud.setOrder(order);
    this.touch();
  }

  /**
   * @param {Uint16Array} places (count, 4)
   * @param {Uint16Array} sizes (count)
   */
  setPlaces(places, sizes) {
    this.cloud.setPlaces(places, sizes);
    if (this.fresh) this.cloud.settle();
    this.#glide("places", this.fresh ? 0 : GLIDE_MS, (share) => (this.mixing = share));
    this.fresh = false;
  }

  /** @param {AxisLabels[]} axes x, y and z */
  setAxes(axes) {
    this.axes = axes;
    this.touch();
  }

  /** @param {Partial<Highlights>} patch */
  highlight(patch) {
    this.highlights = { ...this.highlights, ...patch };
    this.overlay.redraw();
  }

  /** @param {Uint8Array} marks one a point */
  setMarks(marks) {
    this.cloud.setMarks(marks);
    this.touch();
  }

  /** @param {boolean} flat @param {boolean} [atOnce] */
  setFlat(flat, atOnce = false) {
    if (flat === this.flat && this.glides.isIdle()) return;
    const [from, fromFlat] = [this.orbit, this.flatness];
    const to = this.#home(flat);
    this.#glide("camera", atOnce ? 0 : GLIDE_MS, (share) => {
      this.orbit = between(from, to, share);
      this.flatness = fromFlat + ((flat ? 1 : 0) - fromFlat) * share;
    });
  }

  /** Back to where the camera stood at first. */
  goHome() {
    this.glideTo(this.#home(this.flat));
  }

  /**
   * Where the whole space is seen, on a narrow screen from farther away.
   * @param {boolean} flat
   * @returns {Orbit}
   */
  #home(flat) {
    const home = flat ? FRONT : HOME;
    const aspect = this.size.width / this.size.height;
    return { ...home, distance: home.distance * Math.max(1, 1.2 / aspect) };
  }

  /** @param {Orbit} to */
  glideTo(to) {
    const from = this.orbit;
    this.#glide("camera", TURN_MS, (share) => (this.orbit = between(from, to, share)));
  }

  /** @param {Orbit} orbit */
  setOrbit(orbit) {
    this.glides.stop("camera");
    this.orbit = orbit;
    this.movingUntil = performance.now() + REST_MS;
    this.touch();
  }

  /**
   * @param {string} name
   * @param {number} length in milliseconds
   * @param {(share: number) => void} step
   */
  #glide(name, length, step) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.glides.start(name, { now: performance.now(), length: still ? 0 : length, step });
    this.touch();
  }

  /** Something has changed: draw with the next frame. */
  touch() {
    this.grid = null;
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.#draw(now));
  }

  /** @param {number} now */
  #draw(now) {
    this.frame = 0;
    const gliding = this.glides.run(now);
    if (gliding) this.movingUntil = now + REST_MS;
    const moving = now < this.movingUntil;
    if (moving && this.lastFrame > 0) this.budget.note(now - this.lastFrame);
    this.lastFrame = moving ? now : 0;

    this.#drawFrame();
    const { orbit, mixing, flatness, order } = this;
    const points = moving && !this.fullDetail ? this.budget.points(order.length) : order.length;
    this.cloud.draw({
      matrix: this.matrix,
      distance: orbit.distance,
      mixing,
      flatness,
      points,
      ratio: this.size.ratio,
    });
    this.drawnPoints = points;
    if (points > 0 && !this.marked) this.marked = Boolean(performance.mark("space.first-picture"));
    this.overlay.redraw();
    if (gliding) this.touch();
    else if (moving) this.#rest();
    else this.moved();
  }

  /** Draw all points once nothing has moved for a while. */
  #rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.touch(), REST_MS);
  }

  #drawFrame() {
    const shape = frameShape(this.orbit, this.flat);
    const key = `${shape.back} ${this.axes.map((axis) => axis.ticks.map(({ at }) => at))}`;
    if (key === this.frameKey) return;
    this.frameKey = key;
    const ticks = [0, 1, 2].map((i) => (this.axes[i]?.ticks ?? []).map(({ at }) => at));
    this.cloud.setLines(frameLines(shape, ticks, this.flat));
  }

  /** @param {CanvasRenderingContext2D} context @param {{width: number, height: number}} size */
  #drawOverlay(context, size) {
    if (this.order.length === 0) return;
    drawOverlay(context, size, {
      edges: frameShape(this.orbit, this.flat).edges,
      axes: this.axes,
      highlights: this.highlights,
      colours: this.labelColours(),
      placeOf: (point) => projectPoint(point, this.matrix, size),
      pointOf: (spot) => this.#pointOf(spot),
    });
  }

  /**
   * @param {import("./overlay.js").Spot} spot
   * @returns {[number, number, number]}
   */
  #pointOf(spot) {
    const one = (/** @type {number} */ index) => this.cloud.pointAt(index, this.mixing, this.flatness);
    return typeof spot === "number" ? one(spot) : weightedMean(spot.among.map(one), spot.weights);
  }

  /** @param {{width: number, height: number, ratio: number}} size */
  #resized({ width, height, ratio }) {
    // Two device pixels in a CSS pixel are enough for points.
    this.size = { width: Math.max(width, 1), height: Math.max(height, 1), ratio: Math.min(ratio, 2) };
    this.cloud.setSize(this.size.width, this.size.height, this.size.ratio);
    if (!this.placed && width > 0) [this.orbit, this.placed] = [this.#home(this.flat), true];
    this.touch();
  }

  /** @returns {import("./pick_grid.js").PickGrid} of what is drawn now */
  pickGrid() {
    this.grid ??= createPickGrid(
      project(this.cloud.places, this.order, this.matrix, { ...this.size, flat: this.flatness }),
    );
    return this.grid;
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    this.overlay.destroy();
    this.cloud.dispose();
    this.canvas.remove();
  }
}
