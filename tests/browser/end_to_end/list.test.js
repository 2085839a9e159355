import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, eventually, list, playing, withPage } from "./harness.js";

const currentId = (page) => page.evaluate(() => import("/static/state/store.js").then(({ store }) => store.get().current));
const selectedCount = (page) => page.evaluate(() => import("/static/state/store.js").then(({ store }) => store.get().selected.size));

test("arrow keys and j k play the next sound at once, Space stops and plays, Escape stops", () =>
  withPage(async (page) => {
    await list.ready(page);
    const names = await list.names(page);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("j");
    await becomes(() => list.current(page), names[1]);
    await eventually(async () => {
      const { id, playing: on } = await playing(page);
      assert.ok(on && id === (await currentId(page)));
    });
    await becomes(() => page.textContent(".player-name"), names[1]);
    await eventually(async () => assert.notEqual(await page.textContent(".player-time"), "0:00.0"));
    await page.keyboard.press(" ");
    assert.equal((await playing(page)).playing, false);
    await page.keyboard.press(" ");
    await becomes(async () => (await playing(page)).playing, true);
    await page.keyboard.press("Escape");
    assert.equal((await playing(page)).playing, false);
    await page.keyboard.press("k");
    await becomes(() => list.current(page), names[0]);
  }));

test("sounds are selected by click, Shift, Ctrl and Ctrl+A; Home and End go to the ends", () =>
  withPage(async (page) => {
    await list.ready(page);
    const total = await list.total(page);
    await list.row(page, 1).click();
    await list.row(page, 4).click({ modifiers: ["Shift"] });
    await becomes(() => selectedCount(page), 4);
    await list.row(page, 2).click({ modifiers: ["ControlOrMeta"] });
    await becomes(() => selectedCount(page), 3);
    await page.keyboard.press("Control+a");
    await becomes(() => selectedCount(page), total);
    await eventually(async () => assert.match(await page.textContent(".toolbar-selected"), new RegExp(String(total))));
    await page.keyboard.press("End");
    await eventually(async () => assert.equal(await page.getAttribute(".row.current", "aria-rowindex"), String(total + 1)));
    await page.keyboard.press("Home");
    await eventually(async () => assert.equal(await page.getAttribute(".row.current", "aria-rowindex"), "2"));
    assert.equal(await selectedCount(page), 1);
  }));

test("a header sorts up, down, and not at all; the address keeps it over a reload", () =>
  withPage(async (page) => {
    await list.ready(page);
    const found = await list.names(page);
    const header = page.getByRole("columnheader", { name: "LUFS" }).getByRole("button");
    await header.click();
    await eventually(async () => assert.equal(await page.getAttribute("[aria-sort]", "aria-sort"), "ascending"));
    const levels = () => page.$$eval(".row:not([hidden])", (rows) => rows.map((row) => [Number(row.dataset.index), Number(row.querySelector("[data-column=loudness]").textContent.replace("−", "-"))]).sort((a, b) => a[0] - b[0]).map(([, level]) => level));
    await eventually(async () => assert.deepEqual(await levels(), (await levels()).sort((a, b) => a - b)));
    await header.click();
    await eventually(async () => assert.equal(await page.getAttribute("[aria-sort]", "aria-sort"), "descending"));
    await page.reload();
    await list.ready(page);
    await eventually(async () => assert.deepEqual(await levels(), (await levels()).sort((a, b) => b - a)));
    await page.getByRole("columnheader", { name: "LUFS" }).getByRole("button").click();
    await becomes(() => list.names(page), found);
  }));

test("columns are chosen and resized, and stay so", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.click('[aria-label="Columns"]');
    await page.getByRole("menuitemcheckbox", { name: "Format" }).click();
    await page.keyboard.press("Escape");
    await page.waitForSelector(".row [data-column=format]");
    const width = () => page.$eval(".header-cell:nth-child(3)", (cell) => Math.round(cell.getBoundingClientRect().width));
    const before = await width();
    const edge = await page.locator(".header-cell:nth-child(3) .header-edge").boundingBox();
    await page.mouse.move(edge.x + 4, edge.y + 10);
    await page.mouse.down();
    await page.mouse.move(edge.x + 44, edge.y + 10);
    await page.mouse.up();
    await becomes(width, before + 40);
    await page.reload();
    await list.ready(page);
    assert.equal(await width(), before + 40);
    assert.equal(await page.locator(".row [data-column=format]").first().isVisible(), true);
  }));

test("the menu of a sound opens by Shift+F10 and by a right click, and finds similar sounds", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("ArrowDown");
    const name = await list.current(page);
    await page.keyboard.press("Shift+F10");
    await page.waitForSelector("[role=menu]");
    await page.keyboard.press("Escape");
    await becomes(() => page.locator("[role=menu]").count(), 0);
    await list.row(page, 0).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Find similar sounds" }).click();
    await page.waitForSelector('.chip[data-kind="like"]');
    await becomes(() => page.textContent('.chip[data-kind="like"] .chip-text'), name);
    await page.waitForSelector(".row [data-column=distance]:not(:empty)");
    const distances = await page.$$eval(".row:not([hidden])", (rows) => rows.map((row) => [Number(row.dataset.index), Number(row.querySelector("[data-column=distance]").textContent)]).sort((a, b) => a[0] - b[0]).map(([, distance]) => distance));
    assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
  }));

test("a screen reader is told of a grid: its size, the place of each row, the row in focus", () =>
  withPage(async (page) => {
    await list.ready(page);
    const grid = page.getByRole("grid", { name: "Sounds" });
    assert.equal(await grid.getAttribute("aria-rowcount"), String((await list.total(page)) + 1));
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await eventually(async () => {
      const active = await grid.getAttribute("aria-activedescendant");
      assert.equal(await page.locator(`#${active}`).getAttribute("aria-rowindex"), "3");
      assert.equal(await page.locator(`#${active}`).getAttribute("aria-selected"), "true");
    });
  }));

test("a sound is dragged out of the page as a file of its name", () =>
  withPage(async (page) => {
    await list.ready(page);
    const [name] = await list.names(page);
    const data = await page.evaluate(() => {
      const transfer = new DataTransfer();
      document.querySelector('.row[data-index="0"]').dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer: transfer }));
      return transfer.getData("DownloadURL");
    });
    const [, file, address] = /^[\w/-]+:([^:]+):(http.+)$/.exec(data);
    assert.equal(file, name);
    const answer = await page.request.get(address);
    assert.equal(answer.status(), 200);
    assert.ok((await answer.body()).length > 1000);
  }));

test("a part of the waveform is chosen and searched by", () =>
  withPage(async (page) => {
    await list.ready(page);
    await list.row(page, 0).click();
    await page.waitForFunction(() => document.querySelector(".player-name").textContent !== "");
    const box = await page.locator(".player-wave").boundingBox();
    await page.mouse.move(box.x + 100, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 30, { steps: 5 });
    await page.mouse.up();
    await page.click('[aria-label="Find sounds like the chosen part"]');
    await eventually(async () => assert.match(await page.textContent('.chip[data-kind="like"] .chip-text'), /\d:\d\d\.\d–\d:\d\d\.\d$/));
    assert.match(decodeURIComponent(page.url()), /like:#\d+@[\d.]+-[\d.]+/);
    await eventually(async () => assert.ok((await list.total(page)) > 0));
  }));
