/** The folders of the result as a tree. */

import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { toggleValue } from "../query/actions.js";
import { store } from "../state/store.js";
import { folderTree } from "./folders.js";
import { createSection } from "./section.js";
import { showValues } from "./value_list.js";

/** @typedef {import("./folders.js").Folder} Folder */

export function createFolderFacet() {
  const list = h("ul", { class: "values" });
  const element = createSection("folders", t("facets.folders"), {}, list);
  /** @type {Set<string>} */
  const closed = new Set();
  /** @type {Set<string>} */
  const opened = new Set();
  /** @type {Folder[]} */
  let tree = [];

  function show() {
    const { folders } = store.get().query;
    showValues(list, flat(tree, 0, folders), {
      ontoggle: (path) => toggleValue("folders", path),
      onopen(path) {
        const open = isOpen(path, 0);
        (open ? closed : opened).add(path);
        (open ? opened : closed).delete(path);
        show();
      },
    });
  }

  /** @param {string} path @param {number} depth */
  function isOpen(path, depth) {
    return !closed.has(path) && (depth === 0 || opened.has(path));
  }

  /**
   * @param {Folder[]} folders
   * @param {number} depth
   * @param {readonly string[]} chosen
   * @returns {import("./value_list.js").Value[]}
   */
  function flat(folders, depth, chosen) {
    return folders.flatMap(({ path, name, count, folders: inner }) => {
      const open = inner.length ? isOpen(path, depth) : undefined;
      const value = { key: path, label: name, count, depth, open, chosen: /** @type {1|0} */ (chosen.includes(path) ? 1 : 0) };
      return [value, ...(open ? flat(inner, depth + 1, chosen) : [])];
    });
  }

  return {
    element,
    /** @param {import("../api/types.js").Facets} facets */
    setFacets(facets) {
      tree = folderTree(facets.folders);
      show();
    },
    show,
  };
}
