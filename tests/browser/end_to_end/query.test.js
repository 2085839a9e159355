import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { becomes, dropFile, eventually, list, toasts, withPage } from "./harness.js";

const box = "input.query-input";
const chips = (page) => page.$$eval(".chip .chip-text", (texts) => texts.map((text) => text.textContent));

test("typing words ranks the list; the address leads back to it", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("/");
    await page.keyboard.type("犬");
    const found = await eventually(async () => {
      await list.ready(page);
      const names = await list.names(page);
      assert.deepEqual(names.slice(0, 5).map((name) => name[0]), [..."犬犬犬犬犬"]);
      return names;
    });
    await page.reload();
    await list.ready(page);
    assert.equal(await page.inputValue(box), "犬");
    await becomes(() => list.names(page), found);
  }));

test("filters that are typed become chips, which can be removed", () =>
  withPage(async (page) => {
    await list.ready(page);
    const all = await list.total(page);
    await page.fill(box, "dur:1-60 folder:knocks rate:1");
    await page.press(box, "Enter");
    await becomes(() => chips(page), ["knocks", "0kHz", "1.0 s – 1:00"]);
    await page.waitForSelector("text=No sound fits");
    await page.click('[aria-label="Remove 0kHz"]');
    await becomes(() => list.total(page), 5);
    await page.click("text=Clear all");
    await becomes(() => list.total(page), all);
    await page.goBack();
    await becomes(() => list.total(page), 5);
  }));

test("a mistake in the box is told there, and the page goes on", () =>
  withPage(
    async (page) => {
      await list.ready(page);
      await page.fill(box, '"no end');
      await page.waitForSelector(".query-error:not([hidden])");
      await eventually(async () => assert.match(await page.textContent(".query-error"), /quote/));
      await page.fill(box, "dur:long");
      await page.press(box, "Enter");
      await eventually(async () => assert.match(await page.textContent(".query-error"), /long/));
      await page.fill(box, "");
      await list.ready(page);
    },
    { allow: /400 \(Bad Request\)/ },
  ));

test("suggestions name tags in the language of the page", () =>
  withPage(
    async (page) => {
      await list.ready(page);
      await page.focus(box);
      await page.keyboard.type("雨");
      await page.waitForSelector(".suggestion");
      await page.keyboard.press("ArrowDown");
      const label = await page.textContent('.suggestion[aria-selected="true"] .suggestion-label');
      await page.keyboard.press("Enter");
      // Two vocabularies know rain: where they stand beside each other, the label says whose it is.
      assert.match(label, /^雨 \((AudioSet|ESC-50)\)$/);
      await becomes(() => chips(page), ["雨"]);
      await eventually(async () => assert.ok((await list.total(page)) >= 5));
    },
    { language: "ja" },
  ));

test("A + B - C: examples are added and subtracted from the list and turned round", () =>
  withPage(async (page) => {
    await list.ready(page);
    await list.row(page, 0).click();
    await page.keyboard.press("s");
    await becomes(async () => (await chips(page)).length, 1);
    await list.row(page, 2).click();
    await page.keyboard.press("+");
    await becomes(async () => (await chips(page)).length, 2);
    await list.row(page, 4).click();
    await page.keyboard.press("-");
    await becomes(() => page.$$eval(".chip-sign", (signs) => signs.map((sign) => sign.textContent)), ["+", "+", "−"]);
    await page.click(".chip >> nth=2 >> .chip-body");
    await becomes(() => page.$$eval(".chip-sign", (signs) => signs.map((sign) => sign.textContent)), ["+", "+", "+"]);
    await eventually(async () => assert.ok((await list.total(page)) > 0));
  }));

test("a file dropped on the page finds its like; one that is no sound says why not", () =>
  withPage(
    async (page) => {
      await list.ready(page);
      await dropFile(page, "ノック <b>.wav", readFileSync(process.env.TAKE));
      await becomes(() => chips(page), ["ノック <b>.wav"]);
      await eventually(async () => assert.match((await list.names(page))[0], /^knocks/));
      await dropFile(page, "notes.wav", Buffer.from("no sound at all"));
      await eventually(async () => assert.match((await toasts(page)).join(), /notes\.wav could not be decoded: ./));
      assert.deepEqual(await chips(page), ["ノック <b>.wav"]);
    },
    { allow: /415/ },
  ));

test("a take of the microphone is recorded, trimmed and searched by", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("r");
    await page.waitForSelector(".recorder-live");
    await eventually(async () => assert.ok(parseFloat((await page.textContent(".recorder-time")).slice(2)) > 2));
    await page.click("text=Stop");
    await page.waitForSelector(".recorder-wave canvas");
    await page.getByRole("dialog").getByRole("button", { name: "Search" }).click();
    await becomes(() => chips(page), ["microphone take.wav"]);
    await eventually(async () => assert.match((await list.names(page))[0], /^knocks/));
  }));

test("facets count within the result, narrow it and rule out", () =>
  withPage(async (page) => {
    await list.ready(page);
    const all = await list.total(page);
    const tag = page.locator('[data-facet="tags"] .value-row').first();
    const count = Number(await tag.locator(".value-count").textContent());
    await tag.locator(".value").click();
    await becomes(() => list.total(page), count);
    await page.locator('[data-facet="tags"] .value-row').first().hover();
    await page.locator('[data-facet="tags"] .value-row .value-exclude').first().click();
    await becomes(() => list.total(page), all - count);
    await page.click('[aria-label^="Remove"]');
    await page.locator('[data-facet="folders"] .value', { hasText: "knocks" }).first().click();
    await becomes(() => list.total(page), 5);
  }));

test("earlier queries are kept and found again", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.fill(box, "folder:clock");
    await page.press(box, "Enter");
    await becomes(() => list.total(page), 5);
    await page.click("text=List");
    await page.goto(page.url().split("#")[0] + "#/");
    await eventually(async () => assert.ok((await list.total(page)) > 5));
    await page.click('[aria-label="Earlier searches"]');
    await page.getByRole("menuitem", { name: "folder:clock" }).click();
    await becomes(() => list.total(page), 5);
  }));
