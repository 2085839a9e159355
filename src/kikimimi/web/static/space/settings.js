/**
 * What the user has chosen to see in the space, and how it is written in an address:
 * `x:pca.1,y:pca.2,z:pca.3,colour:brightness_hz,flat:1`. Pure.
 */

/** @typedef {"x" | "y" | "z" | "colour" | "size"} Channel */
/** @typedef {Partial<Record<Channel, string>>} Channels */

/**
 * @typedef {object} SpaceSettings
 * @property {Channels} channels axis shown by each channel; none where it is left out
 * @property {boolean} flat 2-D mode
 * @property {"library" | "result"} scope
 * @property {boolean} hover a sound plays when the pointer rests on it
 * @property {string} map name of the colour map
 * @property {number} links how many of the nearest are linked
 * @property {"auto" | "full"} detail fewer points while they move, or always all
 */

/** @type {readonly Channel[]} */
export const CHANNELS = Object.freeze(["x", "y", "z", "colour", "size"]);
/** Channels that need an axis. @type {readonly Channel[]} */
export const PLACE_CHANNELS = Object.freeze(["x", "y", "z"]);

/** @type {Readonly<SpaceSettings>} */
export const DEFAULT_SETTINGS = Object.freeze({
  channels: {},
  flat: false,
  scope: "library",
  hover: true,
  map: "kelp",
  links: 10,
  detail: "auto",
});

/** What each channel shows when nothing was chosen: the first that there is. */
const WISHES = Object.freeze({
  x: ["pca.1"],
  y: ["pca.2"],
  z: ["pca.3"],
  colour: ["brightness_hz", "loudness_lufs", "pca.1"],
  size: [],
});

/**
 * @param {SpaceSettings} settings
 * @returns {string} what differs from the defaults
 */
export function formatSettings(settings) {
  const { channels, ...others } = settings;
  const parts = CHANNELS.flatMap((channel) =>
    channels[channel] === undefined ? [] : [`${channel}:${channels[channel]}`],
  );
  for (const [name, value] of Object.entries(others)) {
    const standard = DEFAULT_SETTINGS[/** @type {keyof typeof others} */ (name)];
    if (value !== standard) parts.push(`${name}:${value === true ? 1 : value === false ? 0 : value}`);
  }
  return parts.map((part) => part.replace(/[%,]/g, encodeURIComponent)).join(",");
}

/** @type {Record<string, (settings: SpaceSettings, value: string) => Partial<SpaceSettings>>} */
const READERS = {
  flat: (_, value) => ({ flat: value === "1" }),
  hover: (_, value) => ({ hover: value === "1" }),
  scope: (_, value) => ({ scope: value === "result" ? "result" : "library" }),
  map: (_, value) => ({ map: value }),
  detail: (_, value) => ({ detail: value === "full" ? "full" : "auto" }),
  links: (_, value) => ({ links: Math.min(Math.max(Math.trunc(Number(value)) || 0, 0), 50) }),
  ...Object.fromEntries(
    CHANNELS.map((channel) => [
      channel,
      (/** @type {SpaceSettings} */ settings, /** @type {string} */ value) => ({
        channels: { ...settings.channels, [channel]: value },
      }),
    ]),
  ),
};

/**
 * Read an address back; what cannot be understood is left at its default.
 * @param {string} text
 * @returns {SpaceSettings}
 */
export function parseSettings(text) {
  /** @type {SpaceSettings} */
  let settings = { ...DEFAULT_SETTINGS };
  for (const part of text.split(",")) {
    const colon = part.indexOf(":");
    const name = part.slice(0, colon);
    if (colon > 0 && Object.hasOwn(READERS, name)) {
      settings = { ...settings, ...READERS[name](settings, decoded(part.slice(colon + 1))) };
    }
  }
  return settings;
}

/**
 * @param {string} text
 * @returns {string}
 */
function decoded(text) {
  return text.replace(/%25|%2C/gi, (code) => (code === "%25" ? "%" : ","));
}

/**
 * The axis of each channel that can be shown: what was chosen where the library has it, else the
 * first of the wishes that it has.
 * @param {Channels} chosen
 * @param {readonly {key: string, available: boolean}[]} axes
 * @returns {Channels}
 */
export function usableChannels(chosen, axes) {
  const known = new Set(axes.filter((axis) => axis.available).map((axis) => axis.key));
  const first = axes.find((axis) => axis.available)?.key;
  /** @type {Channels} */
  const usable = {};
  for (const channel of CHANNELS) {
    const wanted = chosen[channel];
    const must = PLACE_CHANNELS.includes(channel);
    if (wanted === NOTHING && !must) usable[channel] = NOTHING;
    else if (wanted !== undefined && known.has(wanted)) usable[channel] = wanted;
    else usable[channel] = WISHES[channel].find((key) => known.has(key)) ?? (must ? first : NOTHING);
  }
  return usable;
}

/** A channel that shows no axis, by choice. */
export const NOTHING = "none";
