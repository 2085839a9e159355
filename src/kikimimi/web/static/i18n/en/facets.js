/** @type {import("../i18n.js").Messages} */
export const facets = {
  "facets.title": "Browse",
  "facets.tags": "Tags",
  "facets.tags.filter": "Filter tags",
  "facets.folders": "Folders",
  "facets.duration": "Length",
  "facets.loudness": "Loudness",
  "facets.formats": "Format",
  "facets.sample_rates_hz": "Sample rate",
  "facets.channels": "Channels",
  "facets.exclude": "Without {name}",
  "facets.open": "What is in {name}",
  "facets.more": "{count} more",
  "facets.fewer": "Fewer",
  "facets.range.low": "{name}, at least",
  "facets.range.high": "{name}, at most",
  "facets.range.any": "any",
};
