/** @type {import("../i18n.js").Messages} */
export const facets = {
  "facets.title": "絞り込み",
  "facets.tags": "タグ",
  "facets.tags.filter": "タグを探す",
  "facets.folders": "フォルダー",
  "facets.duration": "長さ",
  "facets.loudness": "ラウドネス",
  "facets.formats": "形式",
  "facets.sample_rates_hz": "サンプルレート",
  "facets.channels": "チャンネル",
  "facets.exclude": "{name} を除く",
  "facets.open": "{name} の中を見る",
  "facets.more": "ほか {count} 件",
  "facets.fewer": "減らす",
  "facets.range.low": "{name}の下限",
  "facets.range.high": "{name}の上限",
  "facets.range.any": "指定なし",
};
