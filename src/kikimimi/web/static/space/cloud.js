/**
 * The points of the space on the graphics processor, through three.js.
 *
 * Places come as uint16 steps and go to the processor as they are; a change of axes is a glide from
 * the old places to the new ones that the shader works out.
 */

import { MAP_STEPS } from "../components/colour_maps.js";
import { NO_VALUE } from "./payload.js";
import { coordinate, PLACE_WIDTH } from "./projection.js";
import { LINE_FRAGMENT, LINE_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders.js";

/** @typedef {import("./three.js").Three} Three */

/**
 * @typedef {object} CloudColours CSS colours
 * @property {string} ground
 * @property {string} line
 * @property {string} none of points without a value
 * @property {string} chosen of selected points
 */

/**
 * @typedef {object} View
 * @property {ArrayLike<number>} matrix from `viewProjection`
 * @property {number} distance of the camera from its target
 * @property {number} mixing 0 at the old places, 1 at the new ones
 * @property {number} flatness 1 in 2-D mode
 * @property {number} points how many to draw
 * @property {number} ratio device pixels in a CSS pixel
 */

export class Cloud {
  /**
   * @param {Three} three
   * @param {HTMLCanvasElement} canvas
   * @throws {Error} the browser has no WebGL
   */
  constructor(three, canvas) {
    this.three = three;
    this.renderer = new three.WebGLRenderer({ canvas, antialias: false, powerPreference: "high-performance" });
    this.scene = new three.Scene();
    // The shaders bring their own matrix; three.js only wants to be given some camera.
    this.camera = new three.Camera();
    this.view = { value: new three.Matrix4() };
    this.material = this.#pointMaterial();
    this.points = this.#hold(new three.Points(new three.BufferGeometry(), this.material));
    this.lineMaterial = this.#lineMaterial();
    this.lines = this.#hold(new three.LineSegments(new three.BufferGeometry(), this.lineMaterial));
    this.base = 3;
  }

  #pointMaterial() {
    const { three } = this;
    const map = new three.DataTexture(new Uint8Array(4 * MAP_STEPS), MAP_STEPS, 1);
    map.minFilter = map.magFilter = three.LinearFilter;
    /** @param {unknown} value */
    const uniform = (value) => ({ value });
    return new three.RawShaderMaterial({
      glslVersion: three.GLSL3,
      vertexShader: POINT_VERTEX,
      fragmentShader: POINT_FRAGMENT,
      uniforms: {
        view: this.view,
        mixing: uniform(1),
        flatness: uniform(0),
        base: uniform(3),
        distance: uniform(4),
        smallest: uniform(1),
        round: uniform(0.25),
        none: uniform([0.5, 0.5, 0.5]),
        chosen: uniform([1, 1, 1]),
        ground: uniform([0, 0, 0]),
        map: uniform(map),
      },
    });
  }

  #lineMaterial() {
    const { GLSL3, RawShaderMaterial } = this.three;
    const uniforms = { view: this.view, tint: { value: [0.3, 0.3, 0.3] } };
    return new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: LINE_VERTEX,
      fragmentShader: LINE_FRAGMENT,
      uniforms,
    });
  }

  /**
   * @template {import("./three.js").Object3D} T
   * @param {T} object
   * @returns {T} drawn always: its extent is not in `position`, where three.js would look
   */
  #hold(object) {
    object.frustumCulled = false;
    this.scene.add(object);
    return object;
  }

  /**
   * Other sounds: everything starts anew.
   * @param {number} count
   */
  setCount(count) {
    const { BufferAttribute, BufferGeometry } = this.three;
    this.points.geometry.dispose();
    const geometry = new BufferGeometry();
    const empty = () => new Uint16Array(PLACE_WIDTH * count).fill(NO_VALUE);
    geometry.setAttribute("from", new BufferAttribute(empty(), PLACE_WIDTH, true));
    geometry.setAttribute("to", new BufferAttribute(empty(), PLACE_WIDTH, true));
    geometry.setAttribute("sizes", new BufferAttribute(new Uint16Array(2 * count), 2, true));
    geometry.setAttribute("mark", new BufferAttribute(new Uint8Array(count), 1, false));
    this.points.geometry = geometry;
    // Large clouds get small points, so that they stay a cloud.
    this.base = Math.min(Math.max(26 / Math.max(count, 1) ** 0.2, 2.4), 9);
  }

  /** @param {string} name @returns {any} */
  #attribute(name) {
    return this.points.geometry.getAttribute(name);
  }

  /**
   * New places; what was shown becomes what the glide starts from.
   * @param {Uint16Array} places (count, 4): x, y, z, colour
   * @param {Uint16Array} sizes (count)
   */
  setPlaces(places, sizes) {
    const [from, to, both] = ["from", "to", "sizes"].map((name) => this.#attribute(name));
    from.array.set(to.array);
    to.array.set(places);
    for (let i = 0; i < sizes.length; i++) {
      both.array[2 * i] = both.array[2 * i + 1];
      both.array[2 * i + 1] = sizes[i];
    }
    for (const attribute of [from, to, both]) attribute.needsUpdate = true;
  }

  /** @returns {Uint16Array} the new places */
  get places() {
    return this.#attribute("to").array;
  }

  /** Start no glide: the old places become the new ones. */
  settle() {
    const from = this.#attribute("from");
    from.array.set(this.places);
    from.needsUpdate = true;
  }

  /**
   * Where a point is drawn.
   * @param {number} index
   * @param {number} mixing
   * @param {number} flatness
   * @returns {[number, number, number]}
   */
  pointAt(index, mixing, flatness) {
    const [from, to] = [this.#attribute("from").array, this.places];
    const at = (/** @type {number} */ axis) => {
      const i = PLACE_WIDTH * index + axis;
      return coordinate(from[i]) * (1 - mixing) + coordinate(to[i]) * mixing;
    };
    return [at(0), at(1), at(2) * (1 - flatness)];
  }

  /** @param {Uint32Array} order indices of the points to draw, most important first */
  setOrder(order) {
    this.points.geometry.setIndex(new this.three.BufferAttribute(order, 1));
  }

  /** @param {Uint8Array} marks one a point */
  setMarks(marks) {
    const attribute = this.#attribute("mark");
    attribute.array.set(marks);
    attribute.needsUpdate = true;
  }

  /** @param {Uint8Array} map RGB triples */
  setColourMap(map) {
    const texture = this.material.uniforms.map.value;
    for (let i = 0; i < MAP_STEPS; i++) {
      texture.image.data.set([map[3 * i], map[3 * i + 1], map[3 * i + 2], 255], 4 * i);
    }
    texture.needsUpdate = true;
  }

  /** @param {CloudColours} colours */
  setColours({ ground, line, none, chosen }) {
    const { uniforms } = this.material;
    this.renderer.setClearColor(new this.three.Color().setStyle(ground, this.three.SRGBColorSpace));
    uniforms.ground.value = this.#bytes(ground);
    uniforms.none.value = this.#bytes(none);
    uniforms.chosen.value = this.#bytes(chosen);
    this.lineMaterial.uniforms.tint.value = this.#bytes(line);
  }

  /**
   * @param {string} css
   * @returns {number[]} sRGB shares: the shaders write them to the screen as they are
   */
  #bytes(css) {
    const { Color, LinearSRGBColorSpace } = this.three;
    return new Color().setStyle(css, LinearSRGBColorSpace).toArray();
  }

  /** @param {Float32Array} ends (lines, 2, 3) of the frame around the space */
  setLines(ends) {
    this.lines.geometry.dispose();
    this.lines.geometry = new this.three.BufferGeometry();
    this.lines.geometry.setAttribute("position", new this.three.BufferAttribute(ends, 3));
  }

  /**
   * @param {number} width CSS pixels
   * @param {number} height
   * @param {number} ratio
   */
  setSize(width, height, ratio) {
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
  }

  /** @param {View} view */
  draw({ matrix, distance, mixing, flatness, points, ratio }) {
    const { uniforms } = this.material;
    this.view.value.fromArray(/** @type {number[]} */ (matrix));
    uniforms.mixing.value = mixing;
    uniforms.flatness.value = flatness;
    uniforms.distance.value = distance;
    uniforms.base.value = this.base * ratio * Math.sqrt(4.4 / distance);
    uniforms.smallest.value = 1.5 * ratio;
    // Discs of less than four pixels look the same as squares, which cost less.
    uniforms.round.value = this.base * ratio < 2.5 ? 1 : 0.25;
    this.points.geometry.setDrawRange(0, points);
    this.renderer.render(this.scene, this.camera);
  }

  /** Give all memory of the graphics processor back. */
  dispose() {
    this.points.geometry.dispose();
    this.lines.geometry.dispose();
    this.material.uniforms.map.value.dispose();
    this.material.dispose();
    this.lineMaterial.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
