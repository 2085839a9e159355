/** @type {import("../i18n.js").Messages} */
export const history = {
  "history.undo": "元に戻す",
  "history.redo": "やり直す",
  "history.undo.what": "元に戻す：{change}",
  "history.redo.what": "やり直す：{change}",
  "history.undone": "元に戻しました：{change}",
  "history.redone": "やり直しました：{change}",
  "history.other": "変更（{kind}）",
};
