/** Rows that were seen lately, by id, so that a sound can be played or named without asking again. */

import { api } from "../api/client.js";

/** @typedef {import("../api/types.js").Row} Row */

const KEPT = 5000;

/** @type {Map<number, Row>} */
const rows = new Map();

/** @param {Iterable<Row>} seen */
export function rememberRows(seen) {
  for (const row of seen) {
    rows.delete(row.id);
    rows.set(row.id, row);
  }
  for (const id of rows.keys()) {
    if (rows.size <= KEPT) break;
    rows.delete(id);
  }
}

/**
 * @param {number|null} id
 * @returns {Row|null}
 */
export function knownRow(id) {
  return id === null ? null : (rows.get(id) ?? null);
}

/**
 * @param {number} id
 * @returns {Promise<Row>}
 */
export async function findRow(id) {
  const known = rows.get(id);
  if (known) return known;
  const row = await api.sound(id);
  rememberRows([row]);
  return row;
}

/** What was remembered may be out of date: the library changed. @param {Iterable<number>} [ids] all without */
export function forgetRows(ids) {
  if (!ids) return rows.clear();
  for (const id of ids) rows.delete(id);
}
