/** Tags with counts within the result: asked for or ruled out. */

import { h } from "../components/dom.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { setTagFilter } from "../query/actions.js";
import { store } from "../state/store.js";
import { rememberTags, tagName } from "../tags/labels.js";
import { unlikeLabels } from "../tags/same_thing.js";
import { createSection } from "./section.js";
import { showValues } from "./value_list.js";

const SHOWN = 14;

export function createTagFacet() {
  const list = h("ul", { class: "values" });
  const filter = h("input", { class: "field facet-filter", type: "search", placeholder: t("facets.tags.filter"), "aria-label": t("facets.tags.filter"), oninput: () => show() });
  const more = h("button", { class: "facet-more", type: "button", onclick: () => ((all = !all), show()) });
  const element = createSection("tags", t("facets.tags"), {}, filter, list, more);
  let all = false;
  /** @type {import("../api/types.js").TagCount[]} */
  let tags = [];

  function show() {
    const { query } = store.get();
    const wanted = filter.value.trim().toLowerCase();
    const fits = tags.filter((tag) => [tag.name, tag.label_en, tag.label_ja].some((name) => name?.toLowerCase().includes(wanted)));
    const labels = unlikeLabels(tags, tagLabel);
    const values = [...chosenElsewhere(query), ...fits].map((tag) => ({
      key: tag.name,
      label: labels.get(tag.name) ?? tagLabel(tag),
      count: tag.count,
      chosen: weightOf(tag.name, query),
    }));
    values.sort((a, b) => Math.abs(b.chosen) - Math.abs(a.chosen));
    const most = all || wanted ? values.length : SHOWN;
    showValues(list, values.slice(0, most), {
      ontoggle: (name) => setTagFilter(name, weightOf(name, store.get().query) > 0 ? 0 : 1),
      onexclude: (name) => setTagFilter(name, weightOf(name, store.get().query) < 0 ? 0 : -1),
    });
    more.hidden = Boolean(wanted) || values.length <= SHOWN;
    more.textContent = all ? t("facets.fewer") : t("facets.more", { count: values.length - SHOWN });
  }

  /** What is ruled out has no count in the result, but has to be seen. @param {import("../query/model.js").PageQuery} query */
  function chosenElsewhere(query) {
    const counted = new Set(tags.map(({ name }) => name));
    return [...query.tags, ...query.without_tags]
      .filter((name) => !counted.has(name))
      .map((name) => ({ name, label_en: tagName(name), label_ja: tagName(name), count: 0 }));
  }

  return {
    element,
    /** @param {import("../api/types.js").Facets} facets */
    setFacets(facets) {
      tags = facets.tags;
      rememberTags(tags);
      show();
    },
    show,
  };
}

/**
 * @param {string} name
 * @param {import("../query/model.js").PageQuery} query
 * @returns {1|-1|0}
 */
function weightOf(name, query) {
  if (query.tags.includes(name)) return 1;
  return query.without_tags.includes(name) ? -1 : 0;
}
