/** Colours of the theme for canvases, which cannot take them from the style sheet themselves. */

/** @type {Map<string, string>} */
let kept = new Map();
/** @type {string|undefined} */
let theme;

/**
 * Kept until the theme is another one: asking for a style makes the browser work out all of them.
 * @param {string} name of a custom property, with its dashes
 * @returns {string}
 */
export function themeColour(name) {
  const root = document.documentElement;
  if (theme !== root.dataset.theme) {
    theme = root.dataset.theme;
    kept = new Map();
  }
  const colour = kept.get(name) ?? getComputedStyle(root).getPropertyValue(name).trim();
  kept.set(name, colour);
  return colour;
}
