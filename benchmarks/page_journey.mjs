// The steps of page_journey.py, one after the other on one library that grows and changes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { test } from "node:test";
import { BASE, becomes, dropFile, eventually, list, playing, toasts, withPage } from "../tests/browser/end_to_end/harness.js";

const [clips, effects] = process.env.FOLDERS.split(delimiter);
const INDEXING_LIMIT_MS = 900_000;
const box = "input.query-input";
const AXES = ["loudness_lufs", "brightness_hz", "pca.1"];

const api = async (path, options) => (await fetch(BASE + path, options)).json();
/** The category that the name of a clip of ESC-50 ends with; null for an effect. */
const category = (name) => Number(/-(\d+)\.\w+$/.exec(name)?.[1] ?? NaN);
const firstNames = async (page, count) => (await list.names(page)).slice(0, count);

async function indexed(page) {
  const end = Date.now() + INDEXING_LIMIT_MS;
  for (;;) {
    const [job] = await api("/api/jobs");
    if (!["running", "stopping"].includes(job.state)) return job;
    assert.ok(Date.now() < end, "indexing takes too long");
    await page.waitForTimeout(500);
  }
}

async function searchFor(page, words) {
  await page.fill(box, words);
  await page.press(box, "Enter");
  await list.ready(page);
}

test("two folders are taken in from the page, with progress; what is no sound is named", () =>
  withPage(
    async (page) => {
      await page.fill(".folder-form input", clips);
      await page.getByRole("button", { name: "Index", exact: true }).click();
      await page.waitForSelector(".index-indicator");
      assert.equal((await indexed(page)).report.added, 2000);
      await becomes(() => list.total(page), 2000);
      await page.click('[aria-label="Folders and indexing"]');
      await page.fill("dialog .folder-form input", effects);
      await page.getByRole("dialog").getByRole("button", { name: "Index", exact: true }).click();
      const { report } = await indexed(page);
      assert.ok(report.added > 1000, `only ${report.added} effects`);
      await page.keyboard.press("Escape");
      await becomes(() => list.total(page), 2000 + report.added);
    },
    // Before the first folder there is no library to answer from.
    { allow: /404/ },
  ));

test("words, English and Japanese, bring what they name to the top", () =>
  withPage(async (page) => {
    await list.ready(page);
    for (const [words, wanted] of [["rooster", 1], ["犬", 0], ["雨", 10], ["chainsaw", 41]]) {
      await searchFor(page, words);
      await eventually(async () => {
        const right = (await firstNames(page, 10)).filter((name) => category(name) === wanted).length;
        assert.ok(right >= 5, `${words}: ${right} of the first ten`);
      });
    }
  }));

test("a file that is dropped finds itself and its like", () =>
  withPage(async (page) => {
    await list.ready(page);
    await dropFile(page, "knock.wav", readFileSync(process.env.TAKE));
    await eventually(async () => {
      const names = await firstNames(page, 5);
      assert.match(names[0], /^1-101336-A-30/);
      assert.ok(names.filter((name) => category(name) === 30).length >= 3, names.join());
    });
  }));

test("what the microphone hears is searched by", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("r");
    await page.waitForSelector(".recorder-live");
    await eventually(async () => assert.ok(parseFloat((await page.textContent(".recorder-time")).slice(2)) > 4));
    await page.click("text=Stop");
    await page.waitForSelector(".recorder-wave canvas");
    await page.getByRole("dialog").getByRole("button", { name: "Search" }).click();
    await eventually(async () => {
      const right = (await firstNames(page, 10)).filter((name) => category(name) === 30).length;
      assert.ok(right >= 3, `${right} knocks of the first ten`);
    });
  }));

test("tags are accepted and rejected by a key, and undone", () =>
  withPage(async (page) => {
    await list.ready(page);
    await searchFor(page, "rooster");
    await list.row(page, 0).click();
    await page.waitForSelector('.tag-item[data-source="auto"]');
    const id = await page.evaluate(() => import("/static/state/store.js").then(({ store }) => store.get().current));
    const [first, second] = await page.$$eval(".tag-item", (items) => items.map((item) => item.dataset.tag));
    const source = async (name) => (await api(`/api/sounds/${id}`)).tags.find((tag) => tag.name === name)?.source;
    await page.keyboard.press("a");
    await becomes(() => source(first), "user");
    await page.waitForSelector(`.tag-item[data-source="user"][data-tag="${first}"]`);
    await page.keyboard.press("x");
    await eventually(async () => assert.notEqual(await source(second), "auto"));
    await page.keyboard.press("Control+z");
    await becomes(() => source(second), "auto");
    await page.keyboard.press("Control+z");
    await becomes(() => source(first), "auto");
  }));

test("a tag that is taught from three examples spreads over the library", () =>
  withPage(async (page) => {
    await list.ready(page);
    await searchFor(page, "crow");
    await eventually(async () => assert.ok((await firstNames(page, 3)).every((name) => category(name) === 9)));
    await list.row(page, 0).click();
    await list.row(page, 2).click({ modifiers: ["Shift"] });
    await page.click("text=Teach a tag");
    await page.getByLabel("Name of the tag").fill("my crow");
    await becomes(() => page.locator(".teach-item").count(), 3);
    await page.getByRole("button", { name: "Teach", exact: true }).click();
    await page.getByRole("button", { name: "Teach again" }).waitFor();
    await page.getByRole("button", { name: "Show all of them" }).click();
    await eventually(async () => {
      const total = await list.total(page);
      assert.ok(total > 10 && total < 200, `${total} sounds`);
      const right = (await firstNames(page, 10)).filter((name) => category(name) === 9).length;
      assert.ok(right >= 7, `${right} crows of the first ten`);
    });
  }));

test("a playlist is made of found sounds and saved as a zip archive with its files", () =>
  withPage(async (page) => {
    await list.ready(page);
    await searchFor(page, "thunder");
    await list.row(page, 0).click();
    await list.row(page, 3).click({ modifiers: ["Shift"] });
    await page.keyboard.press("p");
    await page.getByRole("menuitem", { name: "New playlist" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("嵐 storm");
    await page.keyboard.press("Enter");
    await page.locator(".playlist", { hasText: "嵐 storm" }).click({ button: "right" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Save the files as ZIP" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "嵐 storm.zip");
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.readUInt32LE(0), 0x04034b50);
    assert.equal(bytes.readUInt16LE(bytes.length - 12), 4, "files in the archive");
  }));

test("three axes are chosen, a point is heard, a lasso makes a playlist, and a reload keeps it all", () =>
  withPage(
    async (page) => {
      const ready = () => page.waitForFunction(() => performance.getEntriesByName("space.first-picture").length > 0);
      const shown = () => page.$$eval(".axis-menu .axis-button-value", (values) => values.slice(0, 3).map((value) => value.textContent));
      await ready();
      for (const [channel, key] of [["x", AXES[0]], ["y", AXES[1]], ["z", AXES[2]]]) {
        await page.click(`.axis-menu[data-channel="${channel}"] .axis-button`);
        await page.click(`.axis-menu[data-channel="${channel}"] [data-key="${key}"]`);
      }
      const names = await eventually(async () => {
        const now = await shown();
        assert.deepEqual(now.slice(0, 2), ["Loudness", "Brightness"]);
        return now;
      });
      const stage = await page.locator(".space-stage").boundingBox();
      await eventually(async () => {
        for (let step = 0; step < 60; step += 1) {
          await page.mouse.move(stage.x + stage.width * (0.3 + 0.4 * Math.random()), stage.y + stage.height * (0.3 + 0.4 * Math.random()));
          await page.waitForTimeout(60);
          if ((await playing(page)).id !== null) return;
        }
        assert.fail("nothing was heard under the pointer");
      });
      await page.click('[data-name="lasso"]');
      const corners = [[0.35, 0.35], [0.65, 0.35], [0.65, 0.65], [0.35, 0.65], [0.35, 0.4]];
      const [start, ...rest] = corners.map(([x, y]) => [stage.x + x * stage.width, stage.y + y * stage.height]);
      await page.mouse.move(...start);
      await page.mouse.down();
      for (const corner of rest) await page.mouse.move(...corner, { steps: 3 });
      await page.mouse.up();
      await page.fill('.space-selection input[name="playlist"]', "lasso");
      await page.press('.space-selection input[name="playlist"]', "Enter");
      await eventually(async () => assert.match((await toasts(page)).join(), /lasso/));
      const held = (await api("/api/playlists")).find(({ name }) => name === "lasso");
      assert.ok(held.count > 10, `${held.count} sounds in the lasso`);
      await page.reload();
      await ready();
      await becomes(shown, names, "the axes after a reload");
      assert.deepEqual((await api("/api/playlists")).map(({ name }) => name).sort(), ["lasso", "嵐 storm"]);
      assert.deepEqual((await api("/api/taught")).map(({ name }) => name), ["my crow"]);
    },
    { path: "/#/space" },
  ));
