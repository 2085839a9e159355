/**
 * The live page over a listener that follows a growing file, which the test writes.
 *
 * Environment beside that of the harness: PYTHON, PORT, FOLDER (for what is written), CLIP (raw
 * samples of a dog that barks, 16 bit, 16 kHz).
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { becomes, eventually, withPage } from "./harness.js";

const { PYTHON, PORT, FOLDER, CLIP } = process.env;
const SOUND = `${FOLDER}/growing.raw`;
const RULES = `${FOLDER}/rules.yaml`;
const RATE_HZ = 16_000;
const clip = readFileSync(CLIP);

writeFileSync(SOUND, "");
writeFileSync(RULES, "rules: [{name: bark, event: [dog], score: 0.3, hold_off_s: 60}]\n");

/** Faint noise without end, such that sound always comes. */
const noise = Int16Array.from({ length: RATE_HZ / 4 }, () => 200 * (Math.random() - 0.5));
const feeding = setInterval(() => appendFileSync(SOUND, new Uint8Array(noise.buffer)), 250);

let listener = null;
async function listen(...options) {
  const common = ["-m", "kikimimi", "listen", SOUND, "--follow", "--rate", RATE_HZ, "--state", `${FOLDER}/state`, "--library", `${FOLDER}/none.kikimimi`];
  listener = spawn(PYTHON, [...common, "--serve", "--port", PORT, "--no-browser", ...options].map(String), { stdio: ["ignore", "ignore", "pipe"] });
  listener.stderr.setEncoding("utf8");
  let told = "";
  await new Promise((resolve, reject) => {
    listener.stderr.on("data", (part) => {
      told += part;
      if (told.includes("live page")) resolve();
    });
    listener.once("exit", () => reject(new Error(told)));
  });
}
async function end() {
  const exit = once(listener, "exit");
  listener.kill("SIGTERM");
  assert.deepEqual(await exit, [0, null]);
}
after(() => {
  clearInterval(feeding);
  listener?.kill("SIGKILL");
});

const state = (page) => page.textContent(".live-state [role=status]");
const reading = (page, name) => page.textContent(`.live-readings div:has(dt:text("${name}")) dd`);
const items = (page, name) => page.locator(`ul[aria-label="${name}"] li`).allTextContents();
const colours = (page) =>
  page.$eval(".live-spectrum canvas", (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });

test("sound is seen as it comes, by every tab, and after the listener was away", async () => {
  await listen("--rules", RULES);
  await withPage(
    async (page) => {
      await eventually(async () => assert.match(await state(page), /^Connected since \d\d:\d\d:\d\d$/));
      assert.equal(await page.getAttribute('.nav a[data-view="live"]', "aria-current"), "page");
      await eventually(async () => assert.match(await reading(page, "LAeq"), /^−\d+\.\d$/), "the level");
      appendFileSync(SOUND, clip);
      await eventually(async () => assert.match((await items(page, "Alerts")).join(), /bark.*Dog/), "the alert");
      await eventually(async () => assert.match((await items(page, "Heard")).join(), /Dog/), "the event");
      assert.match(await page.textContent("[role=log]"), /Dog/);
      assert.match(await reading(page, "LAFmax"), /^−?\d+\.\d$/);
      await eventually(async () => assert.ok((await colours(page)) > 50), "the spectrogram");

      await page.keyboard.press("[");
      assert.equal(await page.locator(".live-controls select").first().inputValue(), "30");
      await page.keyboard.press("h");
      assert.equal(await page.getByRole("button", { name: "Hold the pictures" }).getAttribute("aria-pressed"), "true");
      await page.keyboard.press("h");

      const late = await page.context().newPage();
      await late.goto(page.url());
      await eventually(async () => assert.match((await items(late, "Alerts")).join(), /bark/), "what a late tab knows");
      await late.close();
      await hideFor(page, 800);

      await page.getByRole("button", { name: "日本語で表示" }).click();
      await eventually(async () => assert.match((await items(page, "聞こえた音")).join(), /犬/), "Japanese");
      await page.getByRole("button", { name: "Show in English" }).click();

      await end();
      await becomes(() => state(page), "Listener not reached", "the listener is away");
      assert.equal(await reading(page, "LAeq"), "–");
      await listen("--no-events", "--no-audio");
      await eventually(async () => assert.match(await state(page), /^Connected/), "the listener is back");
      await becomes(() => items(page, "Alerts"), [], "nothing is left of the listener before");
      assert.ok(await page.getByText("No sound is kept").isVisible());
      await eventually(async () => assert.ok((await colours(page)) > 20), "the coarse spectrogram");
    },
    { path: "/#/live", allow: /404|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/ },
  );
  await end();
});

/**
 * Nothing is asked while the tab is hidden, nor one of the browser's few connections held; it goes on
 * at once when it is seen again.
 */
async function hideFor(page, ms) {
  let asked = 0;
  const count = (request) => (asked += Number(request.url().includes("/api/live")));
  const stream = (request) => request.url().includes("/api/events");
  const [released, taken] = [page.waitForEvent("requestfailed", stream), page.waitForEvent("request", stream)];
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await hide(true);
  await released;
  await page.waitForTimeout(300); // what was asked before
  page.on("request", count);
  await page.waitForTimeout(ms);
  assert.equal(asked, 0);
  await hide(false);
  await taken;
  await eventually(async () => assert.ok(asked > 0));
  page.off("request", count);
}
