/** Teach a tag from examples: what has it, what has not, then see where it spread and correct it. */

import { api, ApiError } from "../api/client.js";
import { button, iconButton, setPressed } from "../components/buttons.js";
import { openDialog } from "../components/dialog.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDuration } from "../components/format.js";
import { errorText } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { player } from "../player/player.js";
import { changeQuery } from "../query/actions.js";
import { emptyQuery } from "../query/model.js";
import { findRow, rememberRows } from "../state/known_rows.js";
import { toastChange } from "../shell/history.js";

/** @typedef {import("../api/types.js").Row} Row */
/** @typedef {{row: Row, judged: 1|-1|0}} Example */

const MOST_EXAMPLES = 200;

/** @param {number[]} ids sounds to begin with: examples of the tag */
export function openTeaching(ids) {
  /** @type {Example[]} */
  let examples = [];
  const name = h("input", { class: "field", maxLength: 200, autocomplete: "off", placeholder: t("tags.teach.name.example") });
  const list = h("ul", { class: "teach-list" });
  const about = h("p", { class: "hint", role: "status" }, t("tags.teach.hint"));
  const error = h("p", { class: "form-error", role: "alert", hidden: true });
  const dialog = openDialog(t("tags.teach"), { wide: true, onclose: () => player.stop() });
  const go = button(t("tags.teach.start"), () => void teach(), { kind: "primary", icon: "teach" });
  const find = button(t("tags.teach.show"), showAll, { icon: "search" });
  find.hidden = true;
  dialog.body.append(h("label", { class: "form-label" }, t("tags.teach.name"), name), about, list, error);
  dialog.foot.append(find, button(t("app.close"), dialog.close), go);
  name.focus();
  void Promise.all(ids.slice(0, MOST_EXAMPLES).map(findRow)).then((rows) => {
    examples = rows.map((row) => ({ row, judged: 1 }));
    show();
  });

  function show() {
    replaceChildren(list, examples.map((example) => createExample(example)));
    go.disabled = !examples.some(({ judged }) => judged > 0);
  }

  /** @param {Example} example */
  function createExample(example) {
    const { row } = example;
    const yes = iconButton("check", t("tags.teach.yes"), () => judge(1), { pressed: example.judged > 0 });
    const no = iconButton("close", t("tags.teach.no"), () => judge(-1), { pressed: example.judged < 0 });
    yes.classList.add("judge-yes");
    no.classList.add("judge-no");

    /** @param {1|-1} judged */
    function judge(judged) {
      example.judged = example.judged === judged ? 0 : judged;
      setPressed(yes, example.judged > 0);
      setPressed(no, example.judged < 0);
      go.disabled = !examples.some((other) => other.judged > 0);
    }
    return h(
      "li",
      { class: "teach-item", "data-id": row.id },
      iconButton("play", t("player.play"), () => void player.play(row.id)),
      h("span", { class: "teach-name", title: row.name }, row.name),
      h("span", { class: "hint" }, formatDuration(row.duration_s)),
      yes,
      no,
    );
  }

  async function teach() {
    const tag = name.value.trim();
    if (!tag) return name.focus();
    const idsOf = (/** @type {number} */ judged) => examples.filter((example) => example.judged === judged).map(({ row }) => row.id);
    go.disabled = true;
    about.textContent = t("tags.teach.running");
    error.hidden = true;
    try {
      const report = await api.teach({ name: tag, wanted: idsOf(1), unwanted: idsOf(-1) });
      showReport(tag, report);
      toastChange(t("tags.teach.done", { tag, count: report.tag.tagged }), report);
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      error.textContent = errorText(failure);
      error.hidden = false;
      about.textContent = t("tags.teach.hint");
    }
    go.disabled = false;
  }

  /** @param {string} tag @param {import("../api/types.js").TaughtReport} report */
  function showReport(tag, report) {
    rememberRows(report.best);
    const known = new Set(examples.map(({ row }) => row.id));
    const fresh = report.best.filter(({ id }) => !known.has(id)).map((row) => ({ row, judged: /** @type {const} */ (0) }));
    examples = [...fresh, ...examples];
    about.textContent = t("tags.teach.correct", { tag, count: report.tag.tagged });
    go.querySelector("span")?.replaceChildren(t("tags.teach.again"));
    find.hidden = false;
    show();
  }

  function showAll() {
    const tag = name.value.trim();
    dialog.close();
    changeQuery({ ...emptyQuery(), tags: [tag] });
  }
}
