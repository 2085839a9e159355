/** Starts the page. */

import { startKeyboard } from "./keys/keyboard.js";
import { startPlaylists } from "./playlists/known.js";
import { startQuery } from "./query/actions.js";
import { startSearch } from "./query/search.js";
import { startRouter } from "./router/router.js";
import { startAppearance } from "./shell/appearance.js";
import { startConnection } from "./shell/connection.js";
import { startShell } from "./shell/shell.js";

startAppearance();
startRouter();
startQuery();
startSearch();
startKeyboard();
startShell(/** @type {HTMLElement} */ (document.getElementById("app")));
startConnection();
startPlaylists();
