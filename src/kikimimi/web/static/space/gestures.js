/**
 * What pointer, wheel and keys do in the space.
 *
 * Drag turns (moves sideways in 2-D, or with the right button), the wheel and a pinch come nearer,
 * Shift + drag or the lasso tool draws a lasso. A click chooses, a double click opens.
 */

import { approached, approachedAt, shifted, turned } from "./orbit.js";

/**
 * @typedef {object} GestureListeners
 * @property {(index: number, x: number, y: number) => void} onHover -1 for nothing
 * @property {(index: number, adding: boolean) => void} onChoose
 * @property {(index: number) => void} onOpen
 * @property {(indices: number[], adding: boolean) => void} onLasso
 * @property {() => boolean} lassoTool whether a plain drag draws a lasso
 * @property {() => void} onEscape
 */

const REACH = { mouse: 10, pen: 12, touch: 22 };
const CLICK_PX = 4;
const TURN_PER_PIXEL = 0.006;
const KEY_TURN = 0.12;
const KEY_SHIFT = 40;

/**
 * @param {HTMLElement} element
 * @param {import("./stage.js").Stage} stage
 * @param {GestureListeners} listeners
 * @returns {() => void} ends it
 */
export function listenToGestures(element, stage, listeners) {
  /** @type {Map<number, {x: number, y: number}>} */
  const pressed = new Map();
  /** @type {{x: number, y: number}[] | null} */
  let lasso = null;
  let travelled = 0;
  let sideways = false;
  const aborter = new AbortController();

  /** @param {PointerEvent | MouseEvent | WheelEvent} event */
  const placeOf = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** @param {PointerEvent | MouseEvent} event */
  const pick = (event) => {
    const { x, y } = placeOf(event);
    const kind = "pointerType" in event ? event.pointerType : "mouse";
    const reach = REACH[/** @type {keyof typeof REACH} */ (kind)] ?? REACH.mouse;
    return stage.pickGrid().nearest(x, y, reach);
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.button !== 0 && event.button !== 2) return;
    element.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, placeOf(event));
    [travelled, sideways] = [0, event.button === 2 || stage.flat];
    const wantsLasso = event.button === 0 && (event.shiftKey || listeners.lassoTool());
    lasso = wantsLasso && pressed.size === 1 ? [placeOf(event)] : null;
    if (!lasso) listeners.onHover(-1, 0, 0);
  };

  /** @param {PointerEvent} event */
  const move = (event) => {
    const before = pressed.get(event.pointerId);
    const now = placeOf(event);
    if (before === undefined) {
      listeners.onHover(pick(event), now.x, now.y);
      return;
    }
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    travelled += Math.hypot(dx, dy);
    pressed.set(event.pointerId, now);
    if (pressed.size === 2) pinch(event.pointerId, before, now);
    else if (lasso) stage.highlight({ lasso: (lasso = [...lasso, now]) });
    else if (travelled > CLICK_PX) drag(dx, dy);
  };

  /** @param {number} dx @param {number} dy */
  const drag = (dx, dy) => {
    const { orbit } = stage;
    const next = sideways
      ? shifted(orbit, dx, dy, stage.size.height)
      : turned(orbit, -dx * TURN_PER_PIXEL, dy * TURN_PER_PIXEL);
    stage.setOrbit(next);
  };

  /**
   * Two fingers: their distance comes nearer, their middle moves sideways.
   * @param {number} moved id of the finger that moved
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} now
   */
  const pinch = (moved, before, now) => {
    lasso = null;
    const other = [...pressed].find(([id]) => id !== moved)?.[1] ?? now;
    const farBefore = Math.hypot(before.x - other.x, before.y - other.y);
    const farNow = Math.hypot(now.x - other.x, now.y - other.y);
    const nearer = approached(stage.orbit, farBefore / Math.max(farNow, 1));
    stage.setOrbit(shifted(nearer, (now.x - before.x) / 2, (now.y - before.y) / 2, stage.size.height));
  };

  /** @param {PointerEvent} event */
  const up = (event) => {
    if (!pressed.delete(event.pointerId)) return;
    if (lasso && lasso.length > 2 && travelled > CLICK_PX) {
      listeners.onLasso(stage.pickGrid().within(lasso), event.ctrlKey || event.metaKey);
    } else if (travelled <= CLICK_PX && event.type === "pointerup" && event.button === 0) {
      listeners.onChoose(pick(event), event.ctrlKey || event.metaKey || event.shiftKey);
    }
    lasso = null;
    stage.highlight({ lasso: [] });
  };

  /** @param {WheelEvent} event */
  const wheel = (event) => {
    event.preventDefault();
    const { x, y } = placeOf(event);
    const { width, height } = stage.size;
    const factor = Math.exp(Math.min(Math.max(event.deltaY, -120), 120) / 500);
    stage.setOrbit(approachedAt(stage.orbit, factor, x - width / 2, y - height / 2, height));
  };

  /** @param {number} right @param {number} up */
  const arrow = (right, up) => {
    const { orbit, size } = stage;
    stage.setOrbit(
      stage.flat
        ? shifted(orbit, -right * KEY_SHIFT, up * KEY_SHIFT, size.height)
        : turned(orbit, right * KEY_TURN, up * KEY_TURN),
    );
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => arrow(-1, 0),
    ArrowRight: () => arrow(1, 0),
    ArrowUp: () => arrow(0, 1),
    ArrowDown: () => arrow(0, -1),
    "+": () => stage.glideTo(approached(stage.orbit, 0.7)),
    "-": () => stage.glideTo(approached(stage.orbit, 1 / 0.7)),
    0: () => stage.goHome(),
    Escape: () => listeners.onEscape(),
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const action = keys[event.key === "=" ? "+" : event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const { signal } = aborter;
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", () => listeners.onHover(-1, 0, 0), { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
  element.addEventListener("keydown", key, { signal });
  element.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  element.addEventListener("dblclick", (event) => openAt(event), { signal });
  /** @param {MouseEvent} event */
  const openAt = (event) => {
    const index = pick(event);
    if (index >= 0) listeners.onOpen(index);
  };
  return () => aborter.abort();
}
