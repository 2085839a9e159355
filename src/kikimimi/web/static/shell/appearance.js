/** Language and colours: the browser's until the user chooses, then remembered. */

import { readPreference, writePreference } from "../state/preferences.js";
import { store } from "../state/store.js";

/** Take what `first_paint.js` put on the document into the store. */
export function startAppearance() {
  const root = document.documentElement;
  store.set({
    language: root.lang === "ja" ? "ja" : "en",
    theme: root.dataset.theme === "light" ? "light" : "dark",
  });
  store.subscribe((state) => state.language, (language) => (root.lang = language));
  store.subscribe((state) => state.theme, (theme) => (root.dataset.theme = theme));
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", (event) => {
    if (readPreference("theme", "") === "") store.set({ theme: event.matches ? "light" : "dark" });
  });
}

export function switchLanguage() {
  const language = store.get().language === "ja" ? "en" : "ja";
  writePreference("language", language);
  store.set({ language });
}

export function switchTheme() {
  const theme = store.get().theme === "dark" ? "light" : "dark";
  writePreference("theme", theme);
  store.set({ theme });
}
