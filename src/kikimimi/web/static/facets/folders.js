/** Folders with counts, as a tree. Pure. */

/**
 * @typedef {object} Folder
 * @property {string} path
 * @property {string} name what it is called inside of the one above
 * @property {number} count sounds in it and below
 * @property {Folder[]} folders
 */

/**
 * Folders that hold nothing but one folder are joined with it.
 * @param {{path: string, count: number}[]} counts of the sounds directly inside
 * @returns {Folder[]}
 */
export function folderTree(counts) {
  const root = { path: "", name: "", count: 0, own: 0, folders: new Map() };
  for (const { path, count } of counts) insert(root, path, count);
  return sorted(root).folders;
}

/** @typedef {{path: string, name: string, count: number, own: number, folders: Map<string, Node>}} Node */

/**
 * @param {Node} root
 * @param {string} path
 * @param {number} count
 */
function insert(root, path, count) {
  let node = root;
  for (const { name, upTo } of parts(path)) {
    let next = node.folders.get(name);
    if (!next) {
      next = { path: upTo, name, count: 0, own: 0, folders: new Map() };
      node.folders.set(name, next);
    }
    next.count += count;
    node = next;
  }
  node.own += count;
}

/** @param {string} path */
function* parts(path) {
  for (const found of path.matchAll(/[^/\\]+/g)) {
    yield { name: found[0], upTo: path.slice(0, found.index + found[0].length) };
  }
}

/**
 * @param {Node} node
 * @returns {Folder}
 */
function sorted(node) {
  const only = node.folders.size === 1 && node.own === 0 ? [...node.folders.values()][0] : null;
  if (only && node.path) return sorted({ ...only, name: `${node.name}/${only.name}` });
  const folders = [...node.folders.values()].map(sorted);
  folders.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return { path: node.path, name: node.name, count: node.count, folders };
}
