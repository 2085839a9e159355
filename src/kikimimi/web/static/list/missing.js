/** Sounds whose file is gone: say where it is now, or forget them. */

import { api } from "../api/client.js";
import { askText, askYes } from "../components/dialog.js";
import { toast, toastError } from "../components/toast.js";
import { t } from "../i18n/i18n.js";
import { toastChange } from "../shell/history.js";

/** @param {import("../api/types.js").Row} row */
export async function askLocation(row) {
  const path = await askText(t("list.locate.title", { name: row.name }), {
    label: t("list.locate.label"),
    value: `${row.folder}/${row.name}`,
    ok: t("list.locate.ok"),
  });
  if (path === null) return;
  try {
    await api.locate(row.id, path);
    toast(t("list.locate.done", { name: row.name }));
  } catch (error) {
    toastError(error);
  }
}

/** @param {number[]} ids */
export async function askForgetting(ids) {
  const yes = await askYes(t("list.forget.title"), {
    text: t("list.forget.text", { count: ids.length }),
    ok: t("list.forget.ok"),
    danger: true,
  });
  if (!yes) return;
  try {
    toastChange(t("list.forget.done", { count: ids.length }), await api.forget(ids));
  } catch (error) {
    toastError(error);
  }
}
