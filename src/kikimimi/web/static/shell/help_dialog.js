/** The keys of the page and the syntax of the search box. */

import { openDialog } from "../components/dialog.js";
import { h } from "../components/dom.js";
import { t } from "../i18n/i18n.js";
import { KEYMAP } from "../keys/keymap.js";
import { keyCaps } from "../keys/key_names.js";

const SYNTAX = ["words", "or", "not", "phrase", "tag", "folder", "duration", "loudness", "rate", "like"];

let open = false;

export function openHelp() {
  if (open) return;
  open = true;
  const dialog = openDialog(t("keys.title"), { wide: true, onclose: () => (open = false) });
  const groups = [...new Set(KEYMAP.map(({ group }) => group))];
  dialog.body.append(
    h("div", { class: "help" }, groups.map(createGroup), createSyntax()),
  );
  dialog.foot.remove();
}

/** @param {string} group */
function createGroup(group) {
  const mac = navigator.platform.startsWith("Mac");
  const bindings = KEYMAP.filter((binding) => binding.group === group);
  const rows = bindings.map(({ keys, action }) => [
    h("dt", null, keys.map((key, at) => [at ? " / " : null, keyCaps(key, { mac }).map((cap) => h("kbd", { class: "key" }, cap))]).flat(2)),
    h("dd", null, t(`keys.${action}`)),
  ]);
  return h("section", null, h("h3", null, t(group)), h("dl", { class: "help-keys" }, rows.flat()));
}

function createSyntax() {
  const rows = SYNTAX.map((key) => [h("dt", null, h("code", null, t(`keys.syntax.${key}`))), h("dd", null, t(`keys.syntax.${key}.text`))]);
  return h("section", null, h("h3", null, t("keys.syntax")), h("dl", { class: "help-keys" }, rows.flat()));
}
