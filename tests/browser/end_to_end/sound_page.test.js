import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, becomes, eventually, list, playing, withPage } from "./harness.js";

const api = async (path) => (await fetch(BASE + path)).json();
const ready = (page) => page.waitForSelector(".sound-spectrum canvas");
const soundOf = async (page) => api(`/api/sounds/${/#\/sound\/(\d+)/.exec(page.url())[1]}`);
const timeShown = (page) => page.getAttribute(".sound-wave", "aria-valuetext");

test("a sound's page shows its name, pictures, tags over time and nearest sounds", () =>
  withPage(
    async (page) => {
      await ready(page);
      const { name, duration_s } = await soundOf(page);
      await becomes(() => page.textContent(".sound h1"), name);
      await becomes(() => page.locator(".sound-nearest li").count(), 12, "nearest sounds");
      await eventually(async () => assert.ok((await page.locator(".tag-strip-labels li").count()) > 3));
      assert.equal(Number(await page.getAttribute(".sound-wave", "aria-valuemax")).toFixed(1), duration_s.toFixed(1));
      await eventually(async () => assert.match(await page.textContent(".sound-details"), /Loudness.*LUFS/));
      await becomes(() => pictureIsDrawn(page), true, "the spectrogram");
      for (const scale of ["mel", "linear"]) {
        await Promise.all([
          page.waitForResponse((response) => response.url().includes(`scale=${scale}`) && response.ok()),
          page.selectOption(".sound-controls select", scale),
        ]);
      }
    },
    { path: "/#/sound/3" },
  ));

/** Whether the spectrogram has more than one colour. */
function pictureIsDrawn(page) {
  return page.$eval(".sound-spectrum canvas", (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 50;
  });
}

test("a region chosen by keys is what is played and what is searched by", () =>
  withPage(
    async (page) => {
      await ready(page);
      await page.locator(".sound-wave").focus();
      for (let i = 0; i < 10; i++) await page.keyboard.press("Shift+ArrowRight");
      await eventually(async () => assert.match(await timeShown(page), /\[0:00\.00 – 0:01\.00\]/));
      await page.click(".sound-actions .button:has-text('Find similar')");
      await list.ready(page);
      await eventually(async () => assert.match(decodeURIComponent(page.url()), /like:#3@0-1$/));
    },
    { path: "/#/sound/3" },
  ));

test("zooming by keys and wheel moves all pictures together", () =>
  withPage(
    async (page) => {
      await ready(page);
      await page.locator(".sound-spectrum").focus();
      const wanted = page.waitForResponse((response) => /spectrogram/.test(response.url()) && /columns=/.test(response.url()));
      for (let i = 0; i < 4; i++) await page.keyboard.press("+");
      assert.ok((await wanted).ok());
      await page.keyboard.press("0");
      await page.keyboard.press("End");
      await becomes(async () => (await playing(page)).id, 3, "a click into the picture plays from there");
    },
    { path: "/#/sound/3" },
  ));

test("tags are accepted and rejected here, and undone", () =>
  withPage(
    async (page) => {
      await ready(page);
      const tag = page.locator('.sound-tag[data-source="auto"]').first();
      const name = await tag.getAttribute("data-tag");
      const sourceOf = async () => (await soundOf(page)).tags.find((one) => one.name === name)?.source;
      await tag.getByRole("button", { name: /^Accept/ }).click();
      await becomes(sourceOf, "user", "accepting");
      await becomes(() => page.getAttribute(`.sound-tag[data-tag="${name}"]`, "data-source"), "user", "the tag on the page");
      await page.keyboard.press("Control+z");
      await becomes(sourceOf, "auto", "undo");
      await becomes(() => page.getAttribute(`.sound-tag[data-tag="${name}"]`, "data-source"), "auto", "the tag after undo");
      await page.fill(".sound-tag-form input", "自分のタグ");
      await page.press(".sound-tag-form input", "Enter");
      await becomes(async () => (await soundOf(page)).tags.some((one) => one.name.includes("自分のタグ")), true, "a new tag");
    },
    { path: "/#/sound/5" },
  ));

test("from the list into a sound, on to the next of the result, and to one that is near", () =>
  withPage(async (page) => {
    await list.ready(page);
    const [, second] = await list.names(page);
    await list.row(page, 0).click();
    await page.keyboard.press("Enter");
    await ready(page);
    await becomes(() => page.textContent(".sound-place"), "1 of 30", "the place in the result");
    await page.keyboard.press("j");
    await becomes(() => page.textContent(".sound h1"), second, "the next sound");
    await page.locator(".sound-nearest a").first().click();
    await eventually(async () => assert.notEqual(await page.textContent(".sound h1"), second));
  }));

test("a sound that is not there is told in words", () =>
  withPage(
    async (page) => {
      await eventually(async () => assert.ok((await page.textContent(".sound-message")).length > 3));
    },
    { path: "/#/sound/999999", allow: /404/ },
  ));
