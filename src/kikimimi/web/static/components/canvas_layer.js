/** A canvas that fills its host at the screen's own resolution and draws at most once a frame. */

/**
 * @typedef {object} Size
 * @property {number} width CSS pixels
 * @property {number} height CSS pixels
 * @property {number} ratio device pixels in a CSS pixel
 */

/**
 * @typedef {object} CanvasLayer
 * @property {HTMLCanvasElement} canvas
 * @property {() => Size} size
 * @property {() => void} redraw asks for a drawing with the next frame
 * @property {() => void} destroy
 */

/**
 * @param {HTMLElement} host a positioned element with a size of its own
 * @param {(context: CanvasRenderingContext2D, size: Size) => void} draw in CSS pixels, on an
 *   empty canvas
 * @param {{resized?: (size: Size) => void}} [options]
 * @returns {CanvasLayer}
 */
export function createCanvasLayer(host, draw, { resized } = {}) {
  const canvas = document.createElement("canvas");
  canvas.className = "canvas-layer";
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  /** @type {Size} */
  let size = { width: 0, height: 0, ratio: 1 };
  let frame = 0;

  const paint = () => {
    frame = 0;
    const context = canvas.getContext("2d");
    if (context === null || size.width < 1 || size.height < 1) return;
    context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    draw(context, size);
  };
  const redraw = () => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  /** @returns {boolean} whether the size is another one, which leaves the canvas empty */
  const fit = () => {
    const [width, height] = [host.clientWidth, host.clientHeight];
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
    if (width === size.width && height === size.height && ratio === size.ratio) return false;
    size = { width, height, ratio };
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    resized?.(size);
    return true;
  };
  const measure = () => {
    if (!fit()) return;
    cancelAnimationFrame(frame);
    paint(); // at once, not a frame later
  };

  const observer = new ResizeObserver(measure);
  observer.observe(host);
  const unwatch = watchAppearance(redraw);
  fit();
  redraw(); // later: the layer's owner is still being made
  return {
    canvas,
    size: () => size,
    redraw,
    destroy() {
      observer.disconnect();
      unwatch();
      cancelAnimationFrame(frame);
      canvas.remove();
    },
  };
}

/**
 * Call back when the theme or the language of the page changes.
 * @param {() => void} changed
 * @returns {() => void} ends it
 */
export function watchAppearance(changed) {
  const observer = new MutationObserver(changed);
  const attributeFilter = ["data-theme", "lang", "class"];
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  return () => observer.disconnect();
}

/** @returns {"dark" | "light"} */
export function ground() {
  return document.documentElement.dataset.theme === "light" ? "light" : "dark";
}

/**
 * The value of a CSS custom property where `element` stands.
 * @param {Element} element
 * @param {string} name with its dashes
 * @param {string} fallback
 * @returns {string}
 */
export function token(element, name, fallback) {
  return getComputedStyle(element).getPropertyValue(name).trim() || fallback;
}
