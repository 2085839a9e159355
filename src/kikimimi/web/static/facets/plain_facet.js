/** Formats, rates and channels: short lists of values, several of which may be asked for. */

import { h } from "../components/dom.js";
import { formatRate } from "../components/format.js";
import { t } from "../i18n/i18n.js";
import { toggleValue } from "../query/actions.js";
import { store } from "../state/store.js";
import { createSection } from "./section.js";
import { showValues } from "./value_list.js";

/** @typedef {"formats"|"sample_rates_hz"|"channels"} Field */

/** @type {Record<Field, (value: any) => string>} */
const LABELS = {
  formats: String,
  sample_rates_hz: (rate) => `${formatRate(rate)}Hz`,
  channels: (count) => t("query.chip.channels", { count }),
};

/** @param {Field} field */
export function createPlainFacet(field) {
  const list = h("ul", { class: "values" });
  const element = createSection(field, t(`facets.${field}`), { open: false }, list);
  /** @type {{value: any, count: number}[]} */
  let counts = [];

  function show() {
    const chosen = /** @type {readonly any[]} */ (store.get().query[field]);
    const values = counts.map(({ value, count }) => ({
      key: String(value),
      label: LABELS[field](value),
      count,
      chosen: /** @type {1|0} */ (chosen.includes(value) ? 1 : 0),
    }));
    showValues(list, values, {
      ontoggle: (key) => toggleValue(field, field === "formats" ? key : Number(key)),
    });
  }

  return {
    element,
    /** @param {import("../api/types.js").Facets} facets */
    setFacets(facets) {
      counts = facets[field];
      show();
    },
    show,
  };
}
