/** Making elements. Text always goes in as text: names of sounds come from strangers. */

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * An element with properties and children.
 *
 * `class`, `data-*`, `aria-*`, `role` and other names with a dash are set as attributes, `onclick`
 * and the like as listeners, `style` as an object of CSS properties, everything else as a property.
 * Undefined values are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>|null} [props]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value !== undefined) setProperty(element, name, value);
  }
  append(element, children);
  return element;
}

const ATTRIBUTES = new Set(["class", "role", "for", "list", "colspan"]);

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {any} value
 */
function setProperty(element, name, value) {
  if (name.startsWith("on") && typeof value === "function") {
    element.addEventListener(name.slice(2), value);
  } else if (name === "style") {
    for (const [key, css] of Object.entries(value)) element.style.setProperty(key, String(css));
  } else if (name.includes("-") || ATTRIBUTES.has(name)) {
    element.setAttribute(name, String(value));
  } else {
    Object.assign(element, { [name]: value });
  }
}

/**
 * @param {Element} element
 * @param {(Child|Child[])[]} children
 */
export function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * @param {Element} element
 * @param {...(Child|Child[])} children
 */
export function replaceChildren(element, ...children) {
  element.replaceChildren();
  append(element, children);
}
