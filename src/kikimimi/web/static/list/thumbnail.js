/** Small waveforms of rows, drawn from the 128 pairs that come with them. */

/**
 * Quiet sounds are drawn as tall as loud ones: the list shows the shape, its own column the level.
 * @param {HTMLCanvasElement} canvas
 * @param {Int8Array} pairs
 * @param {string} colour
 */
export function drawThumbnail(canvas, pairs, colour) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (pairs.length < 2) return;
  let peak = 1;
  for (const value of pairs) peak = Math.max(peak, Math.abs(value));
  const count = pairs.length / 2;
  const step = width / count;
  const middle = height / 2;
  const scale = (height - 2) / 2 / peak;
  context.fillStyle = colour;
  for (let index = 0; index < count; index += 1) {
    const top = middle - pairs[2 * index + 1] * scale;
    const bottom = middle - pairs[2 * index] * scale;
    context.fillRect(index * step, top - 0.5, Math.max(1, step - 0.4), bottom - top + 1);
  }
}
