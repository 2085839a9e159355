/** The choices above the space: an axis for each channel, 2-D, lasso, what is shown. */

import { button, iconButton, setPressed } from "../components/buttons.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { createAxisMenu } from "./axis_menu.js";
import { CHANNELS, PLACE_CHANNELS } from "./settings.js";

/** @typedef {import("./settings.js").SpaceSettings} SpaceSettings */

/**
 * @typedef {object} ToolbarListeners
 * @property {(patch: Partial<SpaceSettings>) => void} onChange
 * @property {(channel: import("./settings.js").Channel, key: string) => void} onAxis
 * @property {(on: boolean) => void} onLassoTool
 * @property {() => void} onHome
 * @property {() => void} onLayout
 */

/**
 * @param {ToolbarListeners} listeners
 */
export function createToolbar({ onChange, onAxis, onLassoTool, onHome, onLayout }) {
  const menus = CHANNELS.map((channel) => ({
    channel,
    menu: createAxisMenu({
      channel,
      optional: !PLACE_CHANNELS.includes(channel),
      onChoose: (key) => onAxis(channel, key),
    }),
  }));
  let settings = /** @type {SpaceSettings | null} */ (null);
  let lassoing = false;
  /** @param {"flat" | "hover"} name @param {string} label */
  const toggle = (name, label) =>
    h("button", { class: "space-toggle", type: "button", "data-name": name, "aria-pressed": "false", title: t(`space.${name}.about`), onclick: () => onChange({ [name]: !settings?.[name] }) }, label);
  const flat = toggle("flat", t("space.flat"));
  const hover = toggle("hover", t("space.hover"));
  const lasso = h(
    "button",
    { class: "space-toggle", type: "button", "data-name": "lasso", "aria-pressed": "false", title: t("space.lasso.about"), onclick: () => setLasso(!lassoing) },
    t("space.lasso"),
  );
  const scope = choice("scope", ["library", "result"], (value) => onChange({ scope: /** @type {"library" | "result"} */ (value) }));
  const layout = button(t("space.layout"), onLayout);
  const element = h(
    "div",
    { class: "space-toolbar", role: "toolbar", "aria-label": t("space.toolbar") },
    menus.map(({ menu }) => menu.element),
    h("span", { class: "space-toolbar-gap" }),
    layout,
    scope,
    flat,
    lasso,
    hover,
    iconButton("region", t("space.home"), onHome, { keys: "0" }),
  );

  /** @param {boolean} on */
  const setLasso = (on) => {
    lassoing = on;
    setPressed(lasso, on);
    onLassoTool(on);
  };

  return {
    element,
    setLasso,
    /**
     * @param {SpaceSettings} newSettings
     * @param {import("./settings.js").Channels} channels what is shown in fact
     * @param {readonly import("./calls.js").Axis[]} axes
     */
    show(newSettings, channels, axes) {
      settings = newSettings;
      for (const { channel, menu } of menus) {
        menu.show(axes, channels[channel]);
        menu.element.toggleAttribute("data-off", channel === "z" && settings.flat);
      }
      setPressed(flat, settings.flat);
      setPressed(hover, settings.hover);
      scope.value = settings.scope;
      layout.hidden = axes.some((axis) => axis.kind === "umap" && axis.available);
    },
  };
}

/**
 * @param {string} name
 * @param {string[]} values
 * @param {(value: string) => void} onChoose
 */
function choice(name, values, onChoose) {
  const options = values.map((value) => h("option", { value }, t(`space.${name}.${value}`)));
  const element = h("select", { class: "field space-choice", "aria-label": t(`space.${name}`) }, options);
  element.addEventListener("change", () => onChoose(element.value));
  return element;
}
