/**
 * What pointer, wheel and keys do on anything that shows a sound over time: seek, scrub, select a
 * region, zoom and pan.
 *
 * A click seeks. A drag selects a region; a drag on an edge moves the edge; a drag by touch, with
 * Alt, or on the playhead scrubs. The wheel pans, with Ctrl or on a trackpad pinch it zooms.
 */

import { edgeNear, extended, oppositeOf, regionBetween, sameRegion } from "./time_region.js";
import { following, panned, timeAt, wholeView, zoomed } from "./time_view.js";

/** @typedef {import("./time_region.js").TimeRegion} TimeRegion */
/** @typedef {import("./time_view.js").TimeView} TimeView */

/**
 * @typedef {object} SurfaceListeners
 * @property {(timeS: number) => void} [onSeek] while scrubbing and on a click
 * @property {(region: TimeRegion | null, done: boolean) => void} [onRegion] `done` when the
 *   pointer is let go
 * @property {(view: TimeView) => void} [onView]
 */

/**
 * @typedef {object} SurfaceState
 * @property {TimeView} view
 * @property {TimeRegion | null} region
 * @property {number | null} playheadS
 * @property {number | null} pointerS where the pointer hovers
 */

/**
 * @typedef {object} TimeSurface
 * @property {() => Readonly<SurfaceState>} state
 * @property {(patch: Partial<SurfaceState>) => void} update without telling the listeners
 * @property {() => void} destroy
 */

const EDGE_REACH_PX = 6;
const DRAG_FROM_PX = 3;
const KEY_STEP = 1 / 50;
const ZOOM_STEP = 1.5;

/**
 * @param {HTMLElement} element takes the focus and the pointer
 * @param {SurfaceListeners & {zoomable?: boolean, changed: () => void}} options `changed`: draw
 *   again
 * @returns {TimeSurface}
 */
export function createTimeSurface(element, { onSeek, onRegion, onView, zoomable = true, changed }) {
  /** @type {SurfaceState} */
  let state = { view: wholeView(0), region: null, playheadS: null, pointerS: null };
  /** @type {((timeS: number, done: boolean) => void) | null} */
  let drag = null;
  /** Of the region, by the keys. */
  let movedEdgeS = 0;
  let pressedX = 0;
  let moved = false;
  const aborter = new AbortController();

  /** @param {Partial<SurfaceState>} patch */
  const update = (patch) => {
    state = { ...state, ...patch };
    changed();
  };
  /** @param {number} timeS */
  const seek = (timeS) => {
    update({ playheadS: timeS, view: zoomable ? following(state.view, timeS) : state.view });
    onSeek?.(timeS);
  };
  /** @param {TimeRegion | null} region @param {boolean} done */
  const select = (region, done) => {
    const same = sameRegion(region, state.region);
    update({ region });
    if (!same || done) onRegion?.(region, done);
  };
  /** @param {TimeView} view */
  const show = (view) => {
    if (!zoomable) return;
    update({ view });
    onView?.(view);
  };
  /** @param {PointerEvent | WheelEvent} event */
  const timeOf = (event) => {
    const box = element.getBoundingClientRect();
    return timeAt(state.view, event.clientX - box.left, box.width);
  };
  const reachS = () => ((state.view.endS - state.view.startS) * EDGE_REACH_PX) / element.clientWidth;

  /** @param {PointerEvent} event @returns {(timeS: number, done: boolean) => void} */
  const dragFor = (event) => {
    const timeS = timeOf(event);
    const onPlayhead = state.playheadS !== null && Math.abs(timeS - state.playheadS) < reachS();
    if (!onRegion || event.pointerType === "touch" || event.altKey) return seek;
    const edge = edgeNear(state.region, timeS, reachS());
    if (edge === null && onPlayhead) return seek;
    const fixedS = edge && state.region ? oppositeOf(state.region, edge) : timeS;
    return (nowS, done) => select(regionBetween(fixedS, nowS, state.view.durationS), done);
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    [pressedX, moved, drag] = [event.clientX, false, dragFor(event)];
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const timeS = timeOf(event);
    if (drag !== null && (moved || Math.abs(event.clientX - pressedX) >= DRAG_FROM_PX)) {
      moved = true;
      drag(timeS, false);
    }
    const edge = onRegion ? edgeNear(state.region, timeS, reachS()) : null;
    element.style.cursor = edge === null ? "" : "ew-resize";
    update({ pointerS: timeS });
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    if (drag === null) return;
    const timeS = timeOf(event);
    if (moved) drag(timeS, true);
    else seek(timeS);
    drag = null;
  };

  /** @param {WheelEvent} event */
  const wheel = (event) => {
    if (!zoomable) return;
    const length = state.view.endS - state.view.startS;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      show(zoomed(state.view, Math.exp(event.deltaY / 300), timeOf(event)));
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      show(panned(state.view, ((event.deltaX || event.deltaY) / element.clientWidth) * length));
    }
  };

  const stepS = () => (state.view.endS - state.view.startS) * KEY_STEP;
  /** @param {number} byS */
  const seekBy = (byS) => {
    const { view, playheadS } = state;
    seek(Math.min(Math.max((playheadS ?? view.startS) + byS, 0), view.durationS));
  };
  /**
   * The edge that was moved last moves on, wherever the playhead is by now.
   * @param {number} byS
   */
  const selectBy = (byS) => {
    if (!onRegion) return false;
    const { view, region, playheadS } = state;
    const isEdge = region !== null && (movedEdgeS === region.startS || movedEdgeS === region.endS);
    const fromS = region === null ? (playheadS ?? view.startS) : isEdge ? movedEdgeS : region.endS;
    movedEdgeS = Math.min(Math.max(fromS + byS, 0), view.durationS);
    select(extended(region, fromS, movedEdgeS, view.durationS), true);
  };
  const middle = () => state.playheadS ?? (state.view.startS + state.view.endS) / 2;

  /** @type {Record<string, (event: KeyboardEvent) => boolean | void>} */
  const keys = {
    ArrowLeft: (event) => (event.shiftKey ? selectBy(-stepS()) : seekBy(-stepS())),
    ArrowRight: (event) => (event.shiftKey ? selectBy(stepS()) : seekBy(stepS())),
    Home: () => seek(0),
    End: () => seek(state.view.durationS),
    "+": () => zoomable && show(zoomed(state.view, 1 / ZOOM_STEP, middle())),
    "-": () => zoomable && show(zoomed(state.view, ZOOM_STEP, middle())),
    "0": () => zoomable && show(wholeView(state.view.durationS)),
    Escape: () => state.region !== null && (select(null, true), true),
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.key === "=" ? "+" : event.key];
    // A key that has nothing to do here is left to the page.
    if (action === undefined || action(event) === false) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const { signal } = aborter;
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", () => (drag = null), { signal });
  element.addEventListener("pointerleave", () => update({ pointerS: null }), { signal });
  element.addEventListener("dblclick", () => onRegion && select(null, true), { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
  element.addEventListener("keydown", key, { signal });
  return { state: () => state, update, destroy: () => aborter.abort() };
}
