// Drives Chromium for page_speed.py: node page_speed.mjs ADDRESS all|space NODE_MODULES
// Prints one JSON object of figures in milliseconds and bytes.
import { createRequire } from "node:module";
import process from "node:process";

const [address, part, modules] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)("playwright-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const PATIENCE_MS = 120_000;
const TYPED = ["rain door", "dog", "engine knock", "wind bell glass", "bell"];
const KEYSTROKES = 50;
const SCROLL_MS = 6000;
const TURN_MS = 6000;
const AXES = "x:pca.1,y:pca.2,z:pca.3,colour:brightness_hz,size:loudness_lufs";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: FLAGS,
});

/** A page of a browser that has seen nothing yet. */
async function freshPage() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: "en" });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, share) => sorted(values)[Math.min(Math.floor(share * values.length), values.length - 1)];

/** Milliseconds from opening the address until rows with names are on the screen. */
async function firstList() {
  const page = await freshPage();
  await page.addInitScript(() => {
    const look = () => {
      const row = [...document.querySelectorAll(".list-grid .row:not([hidden])")].find((one) => one.textContent.includes(".wav"));
      if (row) requestAnimationFrame((now) => (globalThis.firstListMs = now));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${address}/`, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.firstListMs !== undefined);
  const ms = await page.evaluate(() => globalThis.firstListMs);
  return { page, ms };
}

/** Milliseconds from each keystroke until the rows of the text so far are on the screen. */
async function keystrokes(page) {
  await page.evaluate(async () => {
    const { store } = await import("/static/state/store.js");
    const grid = document.querySelector(".list-grid");
    globalThis.answered = [];
    document.addEventListener("keydown", () => {
      const pressed = performance.now();
      const before = store.get().result;
      const look = () => {
        const isShown = store.get().result !== before && grid.getAttribute("aria-busy") === "false";
        requestAnimationFrame(isShown ? () => globalThis.answered.push(performance.now() - pressed) : look);
      };
      look();
    }, true);
  });
  const field = page.locator(".query-input");
  const times = [];
  for (let i = 0; times.length < KEYSTROKES; i++) {
    await field.fill("");
    await page.waitForTimeout(1500);
    for (const letter of TYPED[i % TYPED.length]) {
      await page.evaluate(() => (globalThis.answered = []));
      await page.keyboard.press(letter === " " ? "Space" : letter);
      // A space alone asks for nothing new.
      if (letter === " ") continue;
      await page.waitForFunction(() => globalThis.answered.length > 0);
      times.push(await page.evaluate(() => globalThis.answered[0]));
      if (times.length === KEYSTROKES) break;
    }
  }
  await field.fill("");
  await page.waitForTimeout(1500);
  return times;
}

/** Times between the frames of the page while `during` goes on. */
async function frames(page, during) {
  await page.evaluate(() => {
    globalThis.frameTimes = [];
    globalThis.watching = true;
    let last = 0;
    const note = (now) => {
      if (last > 0) globalThis.frameTimes.push(now - last);
      last = now;
      if (globalThis.watching) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await during();
  await page.evaluate(() => (globalThis.watching = false));
  return page.evaluate(() => globalThis.frameTimes);
}

async function scroll(page) {
  const box = await page.locator(".list-grid").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const end = Date.now() + SCROLL_MS;
  while (Date.now() < end) {
    await page.mouse.wheel(0, 700);
    await page.waitForTimeout(30);
  }
}

/** Bytes on the wire, first picture and frame times of the space. */
async function space() {
  const page = await freshPage();
  const bytes = [];
  page.on("response", async (response) => {
    if (!response.url().includes("/api/space/values")) return;
    const { responseBodySize } = await response.request().sizes();
    bytes.push(responseBodySize);
  });
  const open = (detail) => `${address}/#/space?space=${encodeURIComponent(`${AXES},detail:${detail}`)}`;
  await page.goto(open("full"), { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("space.first-picture").length > 0);
  const first = await page.evaluate(() => performance.getEntriesByName("space.first-picture")[0].startTime);
  await page.waitForTimeout(2000);
  const full = await turning(page);
  await page.evaluate((hash) => (location.hash = hash), new URL(open("auto")).hash);
  await page.waitForTimeout(1500);
  await turning(page); // the page finds out how many points it can draw
  const auto = await turning(page);
  await page.context().close();
  return {
    space_payload_bytes: bytes.reduce((sum, size) => sum + size, 0),
    space_first_picture_ms: first,
    space_full_frame_ms: quantile(full, 0.5),
    space_auto_frame_ms: quantile(auto, 0.5),
  };
}

/** Frame times while an arrow key is held. */
async function turning(page) {
  return frames(page, () =>
    page.evaluate(
      (ms) =>
        new Promise((done) => {
          const stage = document.querySelector(".space-stage");
          const end = performance.now() + ms;
          const turn = (now) => {
            stage.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
            if (now < end) requestAnimationFrame(turn);
            else done();
          };
          requestAnimationFrame(turn);
        }),
      TURN_MS,
    ),
  );
}

const figures = {};
if (part === "all") {
  await (await firstList()).page.context().close(); // the first browser warms the server up
  const { page, ms } = await firstList();
  figures.first_list_ms = ms;
  const times = await keystrokes(page);
  figures.keystroke_p50_ms = quantile(times, 0.5);
  figures.keystroke_p95_ms = quantile(times, 0.95);
  const scrolled = await frames(page, () => scroll(page));
  figures.longest_scroll_frame_ms = Math.max(...scrolled);
  figures.scroll_frame_p95_ms = quantile(scrolled, 0.95);
  await page.context().close();
}
Object.assign(figures, await space());
await browser.close();
console.log(JSON.stringify(figures));
