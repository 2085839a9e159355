/** Addresses of the page: `#/?q=…`, `#/space?q=…`, `#/sound/12`, `#/make?first=12`, `#/live`. Pure. */

/**
 * @typedef {object} Route
 * @property {"list"|"space"|"sound"|"make"|"live"} view
 * @property {number|null} id of the sound, for the sound page
 * @property {string} query as `query/syntax.js` writes it
 * @property {string} sort
 * @property {boolean} descending
 * @property {string} space what the timbre space shows, as `space/settings.js` writes it
 * @property {number|null} first id of a sound to make others of
 * @property {number|null} second
 */

const PATHS = /** @type {const} */ ({ list: "/", space: "/space", sound: "/sound/", make: "/make", live: "/live" });

const PLAIN = /** @type {const} */ (["space", "make", "live"]);

/**
 * An address that means nothing is the list.
 * @param {string} hash with or without its `#`
 * @returns {Route}
 */
export function parseRoute(hash) {
  const [path, search = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const values = new URLSearchParams(search);
  const sound = /^\/sound\/(\d{1,15})$/.exec(path);
  return {
    view: sound ? "sound" : (PLAIN.find((view) => PATHS[view] === path) ?? "list"),
    id: sound ? Number(sound[1]) : null,
    query: values.get("q") ?? "",
    sort: values.get("sort") ?? "rank",
    descending: values.get("desc") === "1",
    space: values.get("space") ?? "",
    first: soundId(values.get("first")),
    second: soundId(values.get("second")),
  };
}

/**
 * @param {Partial<Route>} route
 * @returns {string} with its `#`
 */
export function formatRoute(route) {
  const { view = "list", id = null, query = "", sort = "rank", descending = false, space = "", first = null, second = null } = route;
  const values = new URLSearchParams();
  if (query) values.set("q", query);
  if (sort !== "rank") values.set("sort", sort);
  if (descending) values.set("desc", "1");
  if (space) values.set("space", space);
  if (view === "make" && first !== null) values.set("first", String(first));
  if (view === "make" && second !== null) values.set("second", String(second));
  const search = values.toString();
  return `#${PATHS[view]}${view === "sound" ? (id ?? "") : ""}${search ? `?${search}` : ""}`;
}

/** @param {string|null} text */
function soundId(text) {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
