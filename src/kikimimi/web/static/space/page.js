/** The timbre space as a whole: brings settings, data, picture and lists together. */

import { watchAppearance } from "../components/canvas_layer.js";
import { h } from "../components/dom.js";
import { errorText, toastError } from "../components/toast.js";
import { isAbort } from "../api/client.js";
import { t } from "../i18n/i18n.js";
import { navigate } from "../router/router.js";
import { onChange } from "../state/changes.js";
import { store } from "../state/store.js";
import { labelColours, paintStage } from "./appearance.js";
import { spaceCalls } from "./calls.js";
import { createCompany } from "./company.js";
import { listenToGestures } from "./gestures.js";
import { createHovering } from "./hovering.js";
import { createLegend } from "./legend.js";
import { detailOrder } from "./order.js";
import { indexOfId } from "./payload.js";
import { createScope } from "./scope.js";
import { createSelectionBar } from "./selection_bar.js";
import { formatSettings } from "./settings.js";
import { SpaceData } from "./space_data.js";
import { Stage } from "./stage.js";
import { hasWebGl, loadThree } from "./three.js";
import { createToolbar } from "./toolbar.js";

/** @typedef {import("./settings.js").SpaceSettings} SpaceSettings */

/** While sounds are being indexed the library changes all the time. */
const REFRESH_AFTER_MS = 2000;

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
    this.data = new SpaceData(store.get().route.space, this.aborter.signal);
    this.refreshing = 0;
    this.lassoTool = false;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {(() => void)[]} */
    this.ends = [];

    this.toolbar = createToolbar({
      onChange: (patch) => this.change(patch),
      onAxis: (channel, key) => this.change({ channels: { ...this.data.settings.channels, [channel]: key } }),
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
      indexOf: (id) => indexOfId(this.data.ids, id),
      idsInMiddle: (count) => this.#idsInMiddle(count),
      highlight: (highlights) => this.stage?.highlight(highlights),
      links: () => this.data.settings.links,
    });
    this.hovering = createHovering({
      plays: () => this.data.settings.hover,
      valuesOf: (id) => this.data.valuesOf(id),
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
      const [three] = await Promise.all([loadThree(), this.data.start()]);
      if (this.aborter.signal.aborted) return;
      this.stage = new Stage(three, this.host, {
        labelColours: () => labelColours(this.host),
        moved: () => this.company.moved(),
      });
      this.#showColours();
      this.stage.setFlat(this.data.settings.flat, true);
      this.scope = createScope({ onScope: () => this.#showScope(), wanted: () => this.data.settings.scope });
      await this.#showAll();
      this.#listen();
    } catch (error) {
      if (!isAbort(error)) this.#say(errorText(error), true);
    }
  }

  #listen() {
    const stage = /** @type {Stage} */ (this.stage);
    this.ends.push(
      listenToGestures(this.host, stage, {
        onHover: (index, x, y) => this.hovering.hover(index < 0 ? null : this.data.ids[index], { x, y }),
        onChoose: (index, adding) => this.#choose(index, adding),
        onOpen: (index) => navigate({ view: "sound", id: this.data.ids[index] }),
        onLasso: (indices, adding) => this.#lasso(indices, adding),
        lassoTool: () => this.lassoTool,
        onEscape: () => this.#escape(),
      }),
      watchAppearance(() => this.#showColours()),
      store.subscribe((state) => state.selected, () => this.#showMarks()),
      store.subscribe((state) => state.route.space, (text) => this.#follow(text)),
      onChange(({ what }) => what.some((part) => part === "sounds" || part === "taught") && this.#refreshSoon()),
      store.subscribe(({ jobs }) => jobs.filter(isLayoutDone).length, () => this.#refreshSoon()),
    );
  }

  /** Everything that depends on which sounds there are. */
  async #showAll() {
    const { ids } = this.data;
    this.#say(ids.length === 0 ? t("space.empty") : "", ids.length === 0);
    this.stage?.setSounds(ids.length, detailOrder(ids));
    this.#showPlaces();
    await this.#showScope();
    this.#showMarks();
    this.company.refresh();
  }

  #showPlaces() {
    const { stage, data } = this;
    if (stage === null) return;
    const { settings } = data;
    const { places, sizes, ...counts } = data.layOut();
    stage.fullDetail = settings.detail === "full";
    stage.setPlaces(places, sizes);
    stage.setAxes(data.labels());
    this.legend.show({ colour: data.shown("colour"), size: data.shown("size"), map: settings.map, ...counts });
    this.toolbar.show(settings, data.channels, data.axes);
    const key = settings.flat ? "space.summary.flat" : "space.summary";
    this.summary.textContent = t(key, { ...data.names(), count: data.ids.length });
  }

  async #showScope() {
    const { ids } = this.data;
    const kept = await this.scope?.indices(ids);
    if (this.aborter.signal.aborted || kept === undefined) return;
    this.stage?.setOrder(detailOrder(ids, kept && ((index) => kept[index] === 1)));
  }

  #showMarks() {
    const { ids } = this.data;
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
    paintStage(stage, host, this.data.settings.map);
    if (stage.order.length > 0) this.#showPlaces();
  }

  /** @param {Partial<SpaceSettings>} patch */
  change(patch) {
    const text = this.data.changed(patch);
    navigate({ space: text }, { replace: patch.channels === undefined });
    // The same address leaves the route alone, as when a default is chosen by name.
    void this.#follow(text);
  }

  /** @param {string} text of the address */
  async #follow(text) {
    const before = this.data.settings;
    if (formatSettings(before) === text) return;
    try {
      await this.data.follow(text);
      const { flat, map, scope } = this.data.settings;
      this.stage?.setFlat(flat);
      if (before.map !== map) this.#showColours();
      else this.#showPlaces();
      if (before.scope !== scope) await this.#showScope();
    } catch (error) {
      if (!isAbort(error)) toastError(error);
    }
  }

  #refreshSoon() {
    clearTimeout(this.refreshing);
    this.refreshing = window.setTimeout(() => void this.#refresh(), REFRESH_AFTER_MS);
  }

  /** The library has changed, or there is a new layout. */
  async #refresh() {
    const before = this.data.ids;
    try {
      await this.data.reload();
      const { ids } = this.data;
      if (ids.length === before.length && ids.every((id, i) => id === before[i])) this.#showPlaces();
      else await this.#showAll();
    } catch (error) {
      if (!isAbort(error)) toastError(error);
    }
  }

  /** @param {number} index @param {boolean} adding */
  #choose(index, adding) {
    const id = index < 0 ? null : this.data.ids[index];
    const selected = new Set(adding ? store.get().selected : []);
    if (id !== null && !(adding && selected.delete(id))) selected.add(id);
    store.set({ current: id ?? (adding ? store.get().current : null), selected });
    if (id !== null) this.hovering.play(id);
  }

  /** @param {number[]} indices @param {boolean} adding */
  #lasso(indices, adding) {
    const { ids } = this.data;
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
    return this.stage.pickGrid().around(width / 2, height / 2, count).map((index) => this.data.ids[index]);
  }

  /** @param {string} text @param {boolean} [lasting] */
  #say(text, lasting = false) {
    this.message.textContent = text;
    this.message.hidden = text === "";
    this.message.toggleAttribute("data-lasting", lasting);
  }

  destroy() {
    this.aborter.abort();
    clearTimeout(this.refreshing);
    for (const end of this.ends) end();
    this.scope?.destroy();
    this.hovering.destroy();
    this.company.destroy();
    this.selection.destroy();
    this.stage?.destroy();
    this.element.remove();
  }
}

/** @param {import("../api/types.js").Job} job */
function isLayoutDone({ kind, state }) {
  return kind === "layout" && state === "done";
}
