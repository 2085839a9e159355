/** A dialog to choose one sound of the library by words. */

import { api, ApiError, isAbort, urls } from "../api/client.js";
import { button } from "../components/buttons.js";
import { openDialog } from "../components/dialog.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { errorText } from "../components/toast.js";
import { t, tagLabel } from "../i18n/i18n.js";
import { distinctTags } from "../tags/same_thing.js";
import { listenButton, stopListening } from "./listening.js";

/** @typedef {import("../api/types.js").Row} Row */

const ROWS = 12;

/** @returns {Promise<Row|null>} null when the user thinks better of it */
export function pickSound() {
  return new Promise((resolve) => {
    /** @type {Row|null} */
    let answer = null;
    let aborter = new AbortController();
    const onclose = () => (aborter.abort(), stopListening(), resolve(answer));
    const dialog = openDialog(t("making.pick"), { wide: true, onclose });
    const found = h("ul", { class: "making-found" });
    const status = h("p", { class: "making-note", role: "status" });
    const field = h("input", {
      class: "field",
      type: "search",
      placeholder: t("making.pick.hint"),
      "aria-label": t("making.pick.hint"),
      autocomplete: "off",
      oninput: () => void ask(),
    });
    dialog.body.append(field, status, found);
    dialog.foot.remove();
    field.focus();
    void ask();

    async function ask() {
      aborter.abort();
      aborter = new AbortController();
      try {
        const { rows, total } = await api.results({ text: field.value }, { rows: ROWS, signal: aborter.signal });
        status.textContent = t("list.sounds", { count: total });
        replaceChildren(found, rows.filter(({ missing }) => !missing).slice(0, ROWS).map(item));
      } catch (error) {
        if (isAbort(error)) return;
        if (!(error instanceof ApiError)) throw error;
        status.textContent = errorText(error);
      }
    }

    /** @param {Row} row */
    function item(row) {
      const about = [formatDuration(row.duration_s), ...distinctTags(row.tags).slice(0, 2).map(tagLabel)].join(" · ");
      const choose = () => ((answer = row), dialog.close());
      return h(
        "li",
        { "data-id": row.id },
        listenButton(row.name, () => ({ address: urls.media(row), loop: false })).element,
        h("span", { class: "making-found-name" }, row.name, h("small", null, about)),
        button(t("making.pick.take", { name: row.name }), choose),
      );
    }
  });
}
