/** The folders of the library, a new one, what runs now, and what could not be read. */

import { api, ApiError } from "../api/client.js";
import { button } from "../components/buttons.js";
import { openDialog } from "../components/dialog.js";
import { h, replaceChildren } from "../components/dom.js";
import { formatDuration, share } from "../components/format.js";
import { icon } from "../components/icons.js";
import { toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { changeQuery } from "../query/actions.js";
import { emptyQuery } from "../query/model.js";
import { store } from "../state/store.js";
import { indexFolder } from "./actions.js";
import { createFolderForm } from "./folder_form.js";

/** @typedef {import("../api/types.js").Job} Job */

export function openIndexing() {
  const jobs = h("div", { class: "jobs", "aria-live": "polite" });
  const folders = h("ul", { class: "folders" });
  const missing = h("div");
  const dialog = openDialog(t("indexing.title"), { wide: true, onclose: () => ends.forEach((end) => end()) });
  dialog.body.append(jobs, h("h3", null, t("indexing.folders")), folders, missing, h("h3", null, t("indexing.add")), createFolderForm());
  dialog.foot.remove();

  const showJobs = () => replaceChildren(jobs, store.get().jobs.map(createJob));
  const showMissing = () => {
    const count = store.get().status?.library.missing ?? 0;
    const look = () => (dialog.close(), changeQuery({ ...emptyQuery(), missing: true }));
    replaceChildren(missing, count ? h("p", { class: "note-line" }, icon("warning"), t("indexing.missing", { count }), button(t("indexing.missing.show"), look)) : null);
  };
  const ends = [store.subscribe((state) => state.jobs, showJobs), store.subscribe((state) => state.status, showMissing)];
  showJobs();
  showMissing();
  void showFolders(folders);
}

/** @param {HTMLElement} list */
async function showFolders(list) {
  try {
    const roots = /** @type {({path: string, exists?: boolean}|string)[]} */ (await api.folders());
    const items = roots.map((root) => {
      const { path, exists = true } = typeof root === "string" ? { path: root } : root;
      const again = async () => {
        const why = await indexFolder(path);
        if (why) toastError(new Error(why));
      };
      return h(
        "li",
        null,
        icon("folder"),
        h("span", { class: "folder-path", title: path }, path),
        exists ? null : h("span", { class: "badge", "data-kind": "warning" }, t("indexing.gone")),
        button(t("indexing.again"), () => void again(), { disabled: !exists }),
      );
    });
    replaceChildren(list, items.length ? items : h("li", { class: "hint" }, t("indexing.none")));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    replaceChildren(list, h("li", { class: "hint" }, t("indexing.none")));
  }
}

/** @param {Job} job */
function createJob(job) {
  const { id, kind, done, total, path, eta_s, rate, state, failures } = job;
  const bar = h("div", { style: { transform: `scaleX(${share(done, total)})` } });
  const running = ["running", "stopping"].includes(state);
  const left = running && eta_s ? t("indexing.left", { time: formatDuration(eta_s), rate: Math.round((rate ?? 0) * 10) / 10 }) : "";
  const failed = failures.length
    ? h(
        "details",
        { class: "failures" },
        h("summary", null, icon("right"), t("indexing.failures", { count: job.failed ?? failures.length })),
        h("ul", null, failures.map((failure) => h("li", null, h("b", null, failure.path), h("span", null, failure.reason)))),
      )
    : null;
  return h(
    "section",
    { class: "job", "data-state": state },
    h(
      "div",
      { class: "job-head" },
      h("strong", null, t(`indexing.kind.${kind}`)),
      h("span", { class: "hint" }, t(`indexing.state.${state}`)),
      h("span", { class: "job-count" }, t("indexing.count", { done, total })),
      running ? button(t("indexing.stop"), () => void api.stopJob(id).catch(toastError), { disabled: state === "stopping" }) : null,
    ),
    running ? h("div", { class: "meter", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": done }, bar) : null,
    job.message ? h("p", { class: "form-error" }, job.message) : null,
    h("p", { class: "hint job-path" }, running ? `${left} ${path ?? ""}` : ""),
    failed,
  );
}
