/**
 * Finding points on the screen: a grid of square cells, the points of each cell side by side in one
 * typed array (a counting sort), so that a look-up touches a handful of cells.
 */

/** @typedef {import("./projection.js").Projection} Projection */
/** @typedef {readonly {x: number, y: number}[]} Polygon */

/**
 * @typedef {object} PickGrid
 * @property {(x: number, y: number, reach: number) => number} nearest index of the point under or
 *   near (x, y), -1 for none
 * @property {(polygon: Polygon) => number[]} within indices of the points in a polygon
 * @property {(x: number, y: number, count: number) => number[]} around indices of the `count`
 *   points nearest on the screen, nearest first
 */

const CELL = 24;
/** Points this near to the pointer count as touched; of several the foremost is meant. */
const TOUCHED = 4;

/**
 * @param {Projection} projection
 * @returns {PickGrid}
 */
export function createPickGrid(projection) {
  const { indices, x, y, depth, width, height } = projection;
  const columns = Math.max(1, Math.ceil(width / CELL));
  const rows = Math.max(1, Math.ceil(height / CELL));
  const { starts, items } = sortIntoCells(projection, columns, rows);

  /**
   * Visit the points of all cells that touch a rectangle.
   * @param {number} left
   * @param {number} top
   * @param {number} right
   * @param {number} bottom
   * @param {(item: number) => void} visit
   */
  const visitCells = (left, top, right, bottom, visit) => {
    const firstColumn = Math.max(0, Math.floor(left / CELL));
    const lastColumn = Math.min(columns - 1, Math.floor(right / CELL));
    const lastRow = Math.min(rows - 1, Math.floor(bottom / CELL));
    for (let row = Math.max(0, Math.floor(top / CELL)); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const cell = row * columns + column;
        for (let at = starts[cell]; at < starts[cell + 1]; at++) visit(items[at]);
      }
    }
  };

  return {
    nearest(atX, atY, reach) {
      let best = -1;
      let bestFar = Infinity;
      let bestDepth = Infinity;
      visitCells(atX - reach, atY - reach, atX + reach, atY + reach, (item) => {
        const far = Math.max(Math.hypot(x[item] - atX, y[item] - atY), TOUCHED);
        if (far > reach && far > TOUCHED) return;
        if (far < bestFar || (far === bestFar && depth[item] < bestDepth)) {
          [best, bestFar, bestDepth] = [item, far, depth[item]];
        }
      });
      return best < 0 ? -1 : indices[best];
    },
    within(polygon) {
      const box = boundsOf(polygon);
      /** @type {number[]} */
      const found = [];
      visitCells(box.left, box.top, box.right, box.bottom, (item) => {
        if (isInside(polygon, x[item], y[item])) found.push(indices[item]);
      });
      return found;
    },
    around(atX, atY, count) {
      /** @type {{index: number, far: number}[]} */
      let found = [];
      for (let reach = 2 * CELL; reach < 2 * (width + height); reach *= 2) {
        found = [];
        visitCells(atX - reach, atY - reach, atX + reach, atY + reach, (item) => {
          const far = Math.hypot(x[item] - atX, y[item] - atY);
          if (far <= reach) found.push({ index: indices[item], far });
        });
        if (found.length >= count) break;
      }
      found.sort((one, other) => one.far - other.far);
      return found.slice(0, count).map(({ index }) => index);
    },
  };
}

/**
 * @param {Projection} projection
 * @param {number} columns
 * @param {number} rows
 * @returns {{starts: Uint32Array, items: Uint32Array}} items of cell c from starts[c] to starts[c + 1]
 */
function sortIntoCells({ x, y, width, height }, columns, rows) {
  const cells = new Int32Array(x.length);
  const starts = new Uint32Array(columns * rows + 1);
  for (let item = 0; item < x.length; item++) {
    const shown = x[item] >= 0 && x[item] < width && y[item] >= 0 && y[item] < height;
    cells[item] = shown ? Math.floor(y[item] / CELL) * columns + Math.floor(x[item] / CELL) : -1;
    if (shown) starts[cells[item] + 1]++;
  }
  for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1] += starts[cell];
  const items = new Uint32Array(starts[columns * rows]);
  const next = starts.slice();
  for (let item = 0; item < x.length; item++) {
    if (cells[item] >= 0) items[next[cells[item]]++] = item;
  }
  return { starts, items };
}

/**
 * @param {Polygon} polygon
 * @returns {{left: number, top: number, right: number, bottom: number}}
 */
function boundsOf(polygon) {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of polygon) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/**
 * Whether a point lies in a polygon, by counting the edges that a ray to the right crosses.
 * @param {Polygon} polygon closed by itself, may cross itself
 * @param {number} x
 * @param {number} y
 * @returns {boolean}
 */
export function isInside(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [one, other] = [polygon[i], polygon[j]];
    const crosses = one.y > y !== other.y > y;
    if (crosses && x < one.x + ((other.x - one.x) * (y - one.y)) / (other.y - one.y)) {
      inside = !inside;
    }
  }
  return inside;
}
