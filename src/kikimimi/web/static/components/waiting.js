/** What is on its way is shown as such only when it takes long: most answers come at once. */

const LONG_MS = 300;

/**
 * Puts a class on an element while something takes long. Styles are touched only then, which a
 * style with a delay would not spare: it is set up and taken back for each answer.
 * @param {HTMLElement} element
 * @param {string} name of the class
 * @returns {(waiting: boolean) => void}
 */
export function showsWaiting(element, name) {
  let timer = 0;
  return (waiting) => {
    clearTimeout(timer);
    if (waiting) timer = setTimeout(() => element.classList.add(name), LONG_MS);
    else element.classList.remove(name);
  };
}
