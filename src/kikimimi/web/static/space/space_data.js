/** Settings, axes and values of the space: what is to be shown, and what is here to show it. */

import { readPreference, writePreference } from "../state/preferences.js";
import { described, labelsOf, placeNames, valuesOf } from "./axis_labels.js";
import { createAxisStore, layOut, wantedKeys } from "./axis_store.js";
import { spaceCalls } from "./calls.js";
import { formatSettings, NOTHING, parseSettings, PLACE_CHANNELS, usableChannels } from "./settings.js";

/** @typedef {import("./settings.js").SpaceSettings} SpaceSettings */

const KEPT_AS = "space";

export class SpaceData {
  /**
   * @param {string} address settings in the address; what was shown last without them
   * @param {AbortSignal} signal
   */
  constructor(address, signal) {
    this.signal = signal;
    /** @type {SpaceSettings} */
    this.settings = parseSettings(address || readPreference(KEPT_AS, ""));
    /** @type {import("./settings.js").Channels} what is shown in fact */
    this.channels = {};
    /** @type {import("./calls.js").Axis[]} */
    this.axes = [];
    this.values = createAxisStore(spaceCalls.values);
  }

  /** @returns {Uint32Array} ids of all sounds, ascending */
  get ids() {
    return this.values.ids();
  }

  /** Everything for the first picture; the names of the axes and their values come side by side. */
  async start() {
    await Promise.all([this.#loadAxes(), this.#loadEarly()]);
    await this.#load();
  }

  /** The library has changed: all anew. */
  async reload() {
    this.values.clear();
    await this.#loadAxes();
    await this.#load();
  }

  /**
   * @param {string} text settings as the address has them
   */
  async follow(text) {
    this.settings = parseSettings(text);
    this.channels = usableChannels(this.settings.channels, this.axes);
    await this.#load();
  }

  /**
   * @param {Partial<SpaceSettings>} patch
   * @returns {string} the settings for the address, remembered for the next visit
   */
  changed(patch) {
    const text = formatSettings({ ...this.settings, ...patch });
    writePreference(KEPT_AS, text);
    return text;
  }

  async #loadAxes() {
    this.axes = await spaceCalls.axes(this.signal);
    this.channels = usableChannels(this.settings.channels, this.axes);
  }

  async #loadEarly() {
    const { channels } = this.settings;
    if (PLACE_CHANNELS.some((channel) => channels[channel] === undefined)) return;
    // A bookmark may name an axis that is gone; the choice is made once the axes are known.
    await this.values.load(wantedKeys(channels), this.signal).catch(() => {});
  }

  #load() {
    return this.values.load(wantedKeys(this.channels), this.signal);
  }

  /** @returns {ReturnType<typeof layOut>} */
  layOut() {
    return layOut(this.values, this.channels);
  }

  /** @param {import("./settings.js").Channel} channel */
  shown(channel) {
    return described(this.axes, this.values, this.channels[channel]);
  }

  /** Names and ticks of x, y and z. */
  labels() {
    return PLACE_CHANNELS.map((channel) => labelsOf(this.shown(channel)));
  }

  /** Names of x, y and z, for a description in words. */
  names() {
    return placeNames(this.axes, this.channels);
  }

  /** @param {number} id @returns {{name: string, value: string}[]} its values on the axes shown */
  valuesOf(id) {
    const { settings, channels } = this;
    const keys = wantedKeys(settings.flat ? { ...channels, z: NOTHING } : channels);
    return valuesOf(this.axes, this.values, keys, id);
  }
}
