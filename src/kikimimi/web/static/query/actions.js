/** The ways to change the query; every one goes through the address, so that it can be bookmarked. */

import { navigate } from "../router/router.js";
import { store } from "../state/store.js";
import { emptyQuery } from "./model.js";
import { formatQuery, parseQuery } from "./syntax.js";

/** @typedef {import("./model.js").PageQuery} PageQuery */
/** @typedef {import("./model.js").Example} Example */

/** Read the query from the address, now and whenever it changes. */
export function startQuery() {
  const read = () => {
    const { query: text, sort, descending } = store.get().route;
    const query = { ...parseQuery(text).query, sort, descending };
    if (JSON.stringify(query) !== JSON.stringify(store.get().query)) store.set({ query });
  };
  store.subscribe((state) => state.route, read);
  read();
}

/**
 * @param {Partial<PageQuery>} patch
 * @param {{replace?: boolean}} [options] replace: no step for the back button, as while typing
 */
export function changeQuery(patch, options) {
  const query = { ...store.get().query, ...patch };
  navigate({ query: formatQuery(query), sort: query.sort, descending: query.descending }, options);
}

export function clearQuery() {
  changeQuery(emptyQuery());
}

/**
 * Put a value into one of the lists of the query, or take it out.
 * @template {"tags"|"without_tags"|"formats"|"sample_rates_hz"|"channels"|"folders"} F
 * @param {F} field
 * @param {PageQuery[F][number]} value
 */
export function toggleValue(field, value) {
  const values = /** @type {any[]} */ (store.get().query[field]);
  const kept = values.filter((other) => other !== value);
  changeQuery({ [field]: kept.length < values.length ? kept : [...values, value] });
}

/**
 * A tag is asked for, ruled out, or neither.
 * @param {string} name
 * @param {1|-1|0} weight
 */
export function setTagFilter(name, weight) {
  const { tags, without_tags } = store.get().query;
  const others = (/** @type {readonly string[]} */ names) => names.filter((other) => other !== name);
  changeQuery({
    tags: weight > 0 ? [...others(tags), name] : others(tags),
    without_tags: weight < 0 ? [...others(without_tags), name] : others(without_tags),
  });
}

/**
 * Only this example: the sounds nearest to it in the whole library.
 * @param {Example} example
 */
export function findSimilar(example) {
  changeQuery({ ...emptyQuery(), like: [example] });
  navigate({ view: store.get().route.view === "space" ? "space" : "list" });
}

/**
 * One more example: A + B, A - B. The same sound is not counted twice.
 * @param {Example} example
 */
export function addExample(example) {
  const { like } = store.get().query;
  const others = like.filter((other) => !isSameSource(other, example));
  changeQuery({ like: [...others, example], sort: "rank", descending: false });
}

/** @param {Example} example */
export function removeExample(example) {
  changeQuery({ like: store.get().query.like.filter((other) => !isSameSource(other, example)) });
}

/**
 * @param {Example} one
 * @param {Example} other
 */
function isSameSource(one, other) {
  return one.sound === other.sound && one.upload === other.upload && one.start_s === other.start_s;
}
