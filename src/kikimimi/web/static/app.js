/** Starts the page. */

import { startRouter } from "./router/router.js";
import { startAppearance } from "./shell/appearance.js";
import { startShell } from "./shell/shell.js";

startAppearance();
startRouter();
startShell(/** @type {HTMLElement} */ (document.getElementById("app")));
