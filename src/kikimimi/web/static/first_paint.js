// Runs before the first paint, so that neither the theme nor the language flickers.
(() => {
  /** @param {string} key */
  const kept = (key) => {
    try {
      return JSON.parse(localStorage.getItem(`kikimimi.${key}`) ?? "null");
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const light = matchMedia("(prefers-color-scheme: light)").matches;
  root.dataset.theme = kept("theme") ?? (light ? "light" : "dark");
  root.lang = kept("language") ?? (navigator.language.startsWith("ja") ? "ja" : "en");
})();
