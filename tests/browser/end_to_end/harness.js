/**
 * What every end-to-end test needs: a browser, a page that fails on its own errors, patient checks.
 *
 * Environment: BASE (address of the server), CHROMIUM, KIKIMIMI_NODE_MODULES, SOUNDS (folder of the
 * library), TAKE (WAV that the microphone hears).
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { chromium } = createRequire(`${process.env.KIKIMIMI_NODE_MODULES}/`)("playwright-core");

export const BASE = process.env.BASE;
/** Continuous-integration machines are slow and shared. */
const PATIENCE_MS = 60_000;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
  ...(process.env.TAKE ? [`--use-file-for-fake-audio-capture=${process.env.TAKE}`] : []),
];

/**
 * Open the page in a browser of its own and close it after.
 * @param {(page: import("playwright-core").Page) => Promise<void>} work
 * @param {{path?: string, language?: string, theme?: string, width?: number, height?: number, allow?: RegExp}} [options]
 *   allow: console errors that the test is about
 */
export async function withPage(work, options = {}) {
  const { path = "/#/", language = "en", theme = "dark", width = 1280, height = 720, allow } = options;
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
  try {
    const context = await browser.newContext({ viewport: { width, height }, acceptDownloads: true, permissions: ["microphone", "clipboard-read", "clipboard-write"] });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(
      ([chosenLanguage, chosenTheme]) => {
        localStorage.getItem("kikimimi.language") ?? localStorage.setItem("kikimimi.language", JSON.stringify(chosenLanguage));
        localStorage.getItem("kikimimi.theme") ?? localStorage.setItem("kikimimi.theme", JSON.stringify(chosenTheme));
      },
      [language, theme],
    );
    const page = await context.newPage();
    const faults = watchFaults(page, allow);
    await page.goto(BASE + path);
    await work(page);
    assert.deepEqual(faults, [], "the page reported errors");
  } finally {
    await browser.close();
  }
}

/** Errors of scripts, refusals of the content policy, and requests that leave the machine. */
function watchFaults(page, allow) {
  const faults = [];
  const note = (text) => allow?.test(text) || faults.push(text);
  page.on("pageerror", (error) => note(String(error.stack)));
  page.on("console", (message) => message.type() === "error" && note(`${message.text()} ${message.location().url}`));
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== BASE && !["blob:", "data:"].includes(protocol)) note(`left the machine: ${request.url()}`);
  });
  return faults;
}

/** Wait until a check of the page no longer fails. */
export async function eventually(check, what = "") {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw new Error(`${what} ${error.message}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Wait until a value of the page is the wanted one. */
export function becomes(get, wanted, what) {
  return eventually(async () => assert.deepEqual(await get(), wanted), what);
}

/** The list on the page. */
export const list = {
  ready: (page) => page.waitForSelector(".list-grid[aria-busy=false] .row:not([hidden]) .name-text:not(:empty)"),
  total: async (page) => Number((await page.textContent(".toolbar-count strong")).replace(/\D/g, "")),
  names: (page) =>
    page.$$eval(".row:not([hidden])", (rows) =>
      rows
        .sort((a, b) => Number(a.dataset.index) - Number(b.dataset.index))
        .map((row) => row.querySelector(".name-text").textContent),
    ),
  row: (page, index) => page.locator(`.row[data-index="${index}"]:not([hidden])`),
  current: (page) => page.textContent(".row.current .name-text"),
};

/** The name of the sound that the player says it plays. */
export const playing = (page) =>
  page.evaluate(() => import("/static/player/player.js").then(({ player }) => ({ ...player.get() })));

/** Drop a file onto the page, as from the desktop. */
export async function dropFile(page, name, bytes, type = "audio/wav") {
  const transfer = await page.evaluateHandle(
    ([fileName, base64, fileType]) => {
      const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([data], fileName, { type: fileType }));
      return held;
    },
    [name, Buffer.from(bytes).toString("base64"), type],
  );
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("body", event, { dataTransfer: transfer });
  }
}

/** Drag one thing onto another by the mouse; a browser tells of dragging over only while it moves. */
export async function drag(page, from, to, { share = 0.5 } = {}) {
  await from.hover();
  await page.mouse.down();
  const { x, y, width, height } = await to.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
  await page.mouse.move(x + width / 2, y + height * share, { steps: 4 });
  await page.mouse.up();
}

export const toasts = (page) => page.$$eval(".toast > span", (spans) => spans.map((span) => span.textContent));
