/** The timbre space as a whole: brings settings, data, picture and lists together. */

import { watchAppearance } from "../components/canvas_layer.js";
import { h } from "../components/dom.js";
import { errorText, toastError } from "../components/toast.js";
import { isAbort } from "../api/client.js";
import { t } from "../i18n/i18n.js";
import { navigate } from "../router/router.js";
import { readPreference, writePreference } from "../state/preferences.js";
import { store } from "../state/store.js";
import { labelColours, paintStage } from "./appearance.js";
import { described, labelsOf, placeNames, valuesOf } from "./axis_labels.js";
import { createAxisStore, layOut, wantedKeys } from "./axis_store.js";
import { spaceCalls } from "./calls.js";
import { createCompany } from "./company.js";
import { listenToGestures } from "./gestures.js";
import { createHovering } from "./hovering.js";
import { createLegend } from "./legend.js";
import { detailOrder } from "./order.js";
import { indexOfId } from "./payload.js";
import { createScope } from "./scope.js";
import { createSelectionBar } from "./selection_bar.js";
import { formatSettings, NOTHING, parseSettings, PLACE_CHANNELS, usableChannels } from "./settings.js";
import { Stage } from "./stage.js";
import { hasWebGl, loadThree } from "./three.js";
import { createToolbar } from "./toolbar.js";

/** @typedef {import("./settings.js").SpaceSettings} SpaceSettings */

const KEPT_AS = "space";

/**
 * @param {HTMLElement} room
 * @returns {() => void} takes the space away
 */
export function mountSpace(room) {
  const page = new SpacePage(room);
  void page.start();
  return () => page.destroy();
}

class SpacePage {
  /** @param {HTMLElement} room */
  constructor(room) {
    this.aborter = new AbortController();
    /** @type {SpaceSettings} */
    this.settings = parseSettings(store.get().route.space || readPreference(KEPT_AS, ""));
    /** @type {import("./settings.js").Channels} */
    this.channels = {};
    /** @type {import("./calls.js").Axis[]} */
    this.axes = [];
    this.values = createAxisStore(spaceCalls.values);
    this.lassoTool = false;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {(() => void)[]} */
    this.ends = [];

    this.toolbar = createToolbar({
      onChange: (patch) => this.change(patch),
      onAxis: (channel, key) => this.change({ channels: { ...this.settings.channels, [channel]: key } }),
      onLassoTool: (on) => (this.lassoTool = on),
      onHome: () => this.stage?.goHome(),
      onLayout: () => void spaceCalls.layout("umap").catch(toastError),
    });
    this.legend = createLegend({ onMap: (map) => this.change({ map }) });
    this.summary = h("p", { class: "visually-hidden", role: "status", id: "space-summary" });
    this.message = h("p", { class: "space-message", role: "status" }, t("space.loading"));
    this.host = h("div", {
      class: "space-stage",
      tabIndex: 0,
      role: "application",
      "aria-label": t("space.label"),
      "aria-describedby": "space-summary space-keys",
    });
    this.selection = createSelectionBar();
    this.company = createCompany({
      indexOf: (id) => indexOfId(this.values.ids(), id),
      idsInMiddle: (count) => this.#idsInMiddle(count),
      highlight: (highlights) => this.stage?.highlight(highlights),
      links: () => this.settings.links,
    });
    this.hovering = createHovering({
      plays: () => this.settings.hover,
      valuesOf: (id) => this.#valuesOf(id),
      pointed: (id) => this.company.point(id),
    });
    const keysHelp = h("p", { class: "visually-hidden", id: "space-keys" }, t("space.keys"));
    const stageRoom = h("div", { class: "space-stage-room" }, this.host, this.legend.element, this.hovering.element, this.message, this.selection.element);
    this.element = h("section", { class: "space" }, this.toolbar.element, stageRoom, this.company.element, this.summary, keysHelp);
    room.append(this.element);
  }

  async start() {
    if (!hasWebGl()) return this.#say(t("space.no_webgl"), true);
    try {
      const [three] = await Promise.all([loadThree(), this.#loadAxes(), this.#loadWanted()]);
      if (this.aborter.signal.aborted) return;
      this.stage = new Stage(three, this.host, {
        labelColours: () => labelColours(this.host),
        moved: () => this.company.moved(),
      });
      this.#showColours();
      this.stage.setFlat(this.settings.flat, true);
      this.scope = createScope({ onScope: () => this.#showScope(), wanted: () => this.settings.scope });
      await this.#showAll();
      this.#listen();
    } catch (error) {
      if (!isAbort(error)) this.#say(errorText(error), true);
    }
  }

  async #loadAxes() {
    this.axes = await spaceCalls.axes(this.aborter.signal);
    this.channels = usableChannels(this.settings.channels, this.axes);
  }

  /** What the address asks for is fetched along with the names of the axes, to be there sooner. */
  async #loadWanted() {
    const { channels } = this.settings;
    if (PLACE_CHANNELS.some((channel) => channels[channel] === undefined)) return;
    // A bookmark may name an axis that is gone; then the first choice is made once the axes are known.
    await this.values.load(wantedKeys(channels), this.aborter.signal).catch(() => {});
  }

  #listen() {
    const stage = /** @type {Stage} */ (this.stage);
    this.ends.push(
      listenToGestures(this.host, stage, {
        onHover: (index, x, y) => this.hovering.hover(index < 0 ? null : this.values.ids()[index], { x, y }),
        onChoose: (index, adding) => this.#choose(index, adding),
        onOpen: (index) => navigate({ view: "sound", id: this.values.ids()[index] }),
        onLasso: (indices, adding) => this.#lasso(indices, adding),
        lassoTool: () => this.lassoTool,
        onEscape: () => this.#escape(),
      }),
      watchAppearance(() => this.#showColours()),
      store.subscribe((state) => state.selected, () => this.#showMarks()),
      store.subscribe((state) => state.route.space, (text) => this.#follow(text)),
      store.subscribe((state) => state.status?.library.revision, () => void this.#refresh()),
      store.subscribe((state) => state.jobs.filter(({ kind, state: now }) => kind === "layout" && now === "done").length, () => void this.#refresh()),
    );
  }

  /** Everything that depends on which sounds there are. */
  async #showAll() {
    await this.values.load(wantedKeys(this.channels), this.aborter.signal);
    const ids = this.values.ids();
    this.#say(ids.length === 0 ? t("space.empty") : "", ids.length === 0);
    this.stage?.setSounds(ids.length, detailOrder(ids));
    this.#showPlaces();
    await this.#showScope();
    this.#showMarks();
    this.company.refresh();
  }

  #showPlaces() {
    const { stage, values, channels } = this;
    if (stage === null) return;
    const { places, sizes, missing, beyond } = layOut(values, channels);
    stage.fullDetail = this.settings.detail === "full";
    stage.setPlaces(places, sizes);
    const shown = (/** @type {string | undefined} */ key) => described(this.axes, values, key);
    stage.setAxes(PLACE_CHANNELS.map((channel) => labelsOf(shown(channels[channel]))));
    this.legend.show({ colour: shown(channels.colour), size: shown(channels.size), map: this.settings.map, missing, beyond });
    this.toolbar.show(this.settings, channels, this.axes);
    const key = this.settings.flat ? "space.summary.flat" : "space.summary";
    this.summary.textContent = t(key, { ...placeNames(this.axes, channels), count: values.ids().length });
  }

  async #showScope() {
    const ids = this.values.ids();
    const kept = await this.scope?.indices(ids);
    if (this.aborter.signal.aborted || kept === undefined) return;
    this.stage?.setOrder(detailOrder(ids, kept && ((index) => kept[index] === 1)));
  }

  #showMarks() {
    const ids = this.values.ids();
    const marks = new Uint8Array(ids.length);
    for (const id of store.get().selected) {
      const index = indexOfId(ids, id);
      if (index >= 0) marks[index] = 1;
    }
    this.stage?.setMarks(marks);
  }

  #showColours() {
    const { stage, host } = this;
    if (stage === null) return;
    paintStage(stage, host, this.settings.map);
    if (stage.order.length > 0) this.#showPlaces();
  }

  /** @param {Partial<SpaceSettings>} patch */
  change(patch) {
    const text = formatSettings({ ...this.settings, ...patch });
    writePreference(KEPT_AS, text);
    navigate({ space: text }, { replace: patch.channels === undefined });
    // The same address leaves the route alone, as when a default is chosen by name.
    void this.#follow(text);
  }

  /** @param {string} text of the address */
  async #follow(text) {
    const before = this.settings;
    if (formatSettings(before) === text) return;
    this.settings = parseSettings(text);
    this.channels = usableChannels(this.settings.channels, this.axes);
    try {
      await this.values.load(wantedKeys(this.channels), this.aborter.signal);
    } catch (error) {
      if (!isAbort(error)) toastError(error);
      return;
    }
    this.stage?.setFlat(this.settings.flat);
    if (before.map !== this.settings.map) this.#showColours();
    else this.#showPlaces();
    if (before.scope !== this.settings.scope) await this.#showScope();
  }

  /** The library has changed, or there is a new layout. */
  async #refresh() {
    try {
      const before = this.values.ids();
      this.values.clear();
      await this.#loadAxes();
      await this.values.load(wantedKeys(this.channels), this.aborter.signal);
      const ids = this.values.ids();
      if (ids.length === before.length && ids.every((id, i) => id === before[i])) this.#showPlaces();
      else await this.#showAll();
    } catch (error) {
      if (!isAbort(error)) toastError(error);
    }
  }

  /** @param {number} index @param {boolean} adding */
  #choose(index, adding) {
    const id = index < 0 ? null : this.values.ids()[index];
    const selected = new Set(adding ? store.get().selected : []);
    if (id !== null && !(adding && selected.delete(id))) selected.add(id);
    store.set({ current: id ?? (adding ? store.get().current : null), selected });
    if (id !== null) this.hovering.play(id);
  }

  /** @param {number[]} indices @param {boolean} adding */
  #lasso(indices, adding) {
    const ids = this.values.ids();
    const caught = indices.map((index) => ids[index]);
    store.set({ selected: new Set([...(adding ? store.get().selected : []), ...caught]) });
    this.toolbar.setLasso(false);
  }

  #escape() {
    if (this.lassoTool) this.toolbar.setLasso(false);
    else store.set({ selected: new Set(), current: null });
    this.hovering.stop();
  }

  /** @param {number} count @returns {number[]} */
  #idsInMiddle(count) {
    if (this.stage === null || this.stage.order.length === 0) return [];
    const { width, height } = this.stage.size;
    return this.stage.pickGrid().around(width / 2, height / 2, count).map((index) => this.values.ids()[index]);
  }

  /** @param {number} id */
  #valuesOf(id) {
    const { settings, channels } = this;
    const keys = wantedKeys(settings.flat ? { ...channels, z: NOTHING } : channels);
    return valuesOf(this.axes, this.values, keys, id);
  }

  /** @param {string} text @param {boolean} [lasting] */
  #say(text, lasting = false) {
    this.message.textContent = text;
    this.message.hidden = text === "";
    this.message.toggleAttribute("data-lasting", lasting);
  }

  destroy() {
    this.aborter.abort();
    for (const end of this.ends) end();
    this.scope?.destroy();
    this.hovering.destroy();
    this.company.destroy();
    this.selection.destroy();
    this.stage?.destroy();
    this.element.remove();
  }
}
