/** A menu at a place of the page, worked by arrows, first letters and Escape; one at a time. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {() => void} run
 * @property {import("./icons.js").IconName} [icon]
 * @property {string} [key] cap that does the same
 * @property {boolean} [disabled]
 * @property {boolean} [checked] the item is a choice that is on or off
 * @property {boolean} [stays] the menu stays open after it
 */

/** @type {(() => void)|null} */
let closeOpen = null;

/**
 * @param {(MenuItem|"line")[]} items
 * @param {{x: number, y: number, label: string, returnTo?: HTMLElement|null}} place
 */
export function openMenu(items, { x, y, label, returnTo = /** @type {HTMLElement|null} */ (document.activeElement) }) {
  closeOpen?.();
  const menu = h(
    "div",
    { class: "menu", role: "menu", "aria-label": label, onkeydown: onKeyDown, oncontextmenu: (/** @type {Event} */ event) => event.preventDefault() },
    items.map((item) => (item === "line" ? h("div", { class: "menu-line", role: "separator" }) : createItem(item))),
  );
  document.body.append(menu);
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
  choices()[0]?.focus();
  document.addEventListener("pointerdown", onOutside, true);
  addEventListener("blur", close);
  closeOpen = close;

  function close() {
    document.removeEventListener("pointerdown", onOutside, true);
    removeEventListener("blur", close);
    const focused = menu.contains(document.activeElement);
    menu.remove();
    closeOpen = null;
    if (focused) returnTo?.focus();
  }

  /** @param {MenuItem} item */
  function createItem(item) {
    const checkable = item.checked !== undefined;
    const mark = checkable ? (item.checked ? icon("check") : h("i", { class: "icon" })) : item.icon && icon(item.icon);
    const element = h(
      "button",
      {
        class: "menu-item",
        type: "button",
        role: checkable ? "menuitemcheckbox" : "menuitem",
        "aria-checked": checkable ? String(item.checked) : undefined,
        disabled: item.disabled ?? false,
        onclick: () => {
          if (!item.stays) close();
          item.run();
          if (!item.stays) return;
          item.checked = !item.checked;
          const renewed = createItem(item);
          element.replaceWith(renewed);
          renewed.focus();
        },
      },
      mark ?? null,
      h("span", null, item.label),
      item.key ? h("kbd", { class: "key" }, item.key) : null,
    );
    return element;
  }

  function choices() {
    return /** @type {HTMLButtonElement[]} */ ([...menu.querySelectorAll("button:not(:disabled)")]);
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    const all = choices();
    const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const targets = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
    if (event.key in targets) {
      all[targets[/** @type {keyof typeof targets} */ (event.key)] % all.length]?.focus();
    } else if (["Escape", "Tab"].includes(event.key)) {
      close();
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      const after = [...all.slice(at + 1), ...all];
      after.find((choice) => choice.textContent?.toLowerCase().startsWith(letter))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Event} event */
  function onOutside(event) {
    if (!menu.contains(/** @type {Node} */ (event.target))) close();
  }
}

/**
 * A menu below a button.
 * @param {(MenuItem|"line")[]} items
 * @param {HTMLElement} opener
 * @param {string} label
 */
export function openMenuBelow(items, opener, label) {
  const { left, bottom } = opener.getBoundingClientRect();
  openMenu(items, { x: left, y: bottom + 4, label, returnTo: opener });
}
