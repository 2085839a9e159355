/** Playing through: when a sound ends, the next one of the list begins. */

import { iconButton, setPressed } from "../components/buttons.js";
import { t } from "../i18n/i18n.js";
import { offerActions, runAction } from "../keys/keyboard.js";
import { readPreference, writePreference } from "../state/preferences.js";
import { store } from "../state/store.js";
import { player } from "./player.js";

export function createThrough() {
  let on = readPreference("player.through", false);
  const element = iconButton("list", t("player.through"), toggle, { pressed: on, keys: "N" });

  function toggle() {
    on = !on;
    writePreference("player.through", on);
    setPressed(element, on);
  }
  const ends = [
    offerActions({ "player.through": toggle }),
    player.onEnded((id) => {
      if (on && id === store.get().current) void runAction("list.down");
    }),
  ];
  return { element, destroy: () => ends.forEach((end) => end()) };
}
