import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BASE, becomes, eventually, list, toasts, withPage } from "./harness.js";

test("language and colours are switched, and stay so", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.click('[aria-label="日本語で表示"]');
    await page.getByRole("grid", { name: "音の一覧" }).waitFor();
    assert.equal(await page.getAttribute("html", "lang"), "ja");
    await page.click('[aria-label="明るい配色"]');
    await page.reload();
    await page.getByRole("grid", { name: "音の一覧" }).waitFor();
    assert.equal(await page.getAttribute("html", "data-theme"), "light");
  }));

test("the help names every key and closes by Escape, giving the focus back", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.focus('[aria-label="Keys and help"]');
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys and search syntax" }).waitFor();
    assert.ok((await page.locator(".help-keys kbd").count()) > 30);
    await page.keyboard.press("Escape");
    await becomes(() => page.locator("dialog").count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Keys and help");
  }));

test("on a phone the list and the player fit, and the panels open above", () =>
  withPage(
    async (page) => {
      await list.ready(page);
      const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.equal(width[0], width[1]);
      assert.equal(await page.locator(".facets").isVisible(), false);
      await list.row(page, 0).click();
      await becomes(() => page.locator(".player-name").isVisible(), true);
      await page.click('.toolbar [aria-label="Browse"]');
      assert.equal(await page.locator(".facets").isVisible(), true);
    },
    { width: 390, height: 780 },
  ));

test("what another program changes is shown without a reload", () =>
  withPage(async (page) => {
    await list.ready(page);
    const id = await page.evaluate(() => import("/static/state/store.js").then(async ({ store }) => (await (await fetch(`/api/results/${store.get().result}/rows?offset=0&limit=1`)).json()).rows[0].id));
    await fetch(`${BASE}/api/tags/add`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sounds: [id], name: "from elsewhere" }) });
    await page.locator(".row .tag", { hasText: "from elsewhere" }).waitFor();
  }));

test("a lost server is announced, and the page recovers by itself", () =>
  withPage(
    async (page) => {
      await list.ready(page);
      await page.context().setOffline(true);
      await page.evaluate(() => dispatchEvent(new Event("offline")));
      await page.fill("input.query-input", "clock");
      await page.getByRole("alert").filter({ hasText: "does not answer" }).first().waitFor();
      await page.context().setOffline(false);
      await eventually(async () => assert.match((await toasts(page)).join(), /The server is back/));
      await becomes(() => page.locator(".banner:visible").count(), 0);
      await eventually(async () => assert.match((await list.names(page))[0], /^clock/));
    },
    { allow: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|Failed to load/ },
  ));

test("a folder is indexed from the page; a removed file shows as missing and is located again", () =>
  withPage(async (page) => {
    await list.ready(page);
    const from = join(process.env.SOUNDS, "Machines", "clock");
    const name = (await list.names(page)).find((one) => one.startsWith("clock"));
    const moved = join(process.env.SOUNDS, "..", `moved ${process.pid}.ogg`);
    renameSync(join(from, name), moved);
    try {
      await page.click('[aria-label="Folders and indexing"]');
      await page.getByLabel("Whole path of a folder").fill("relative/path");
      await page.getByRole("button", { name: "Index", exact: true }).click();
      await page.waitForSelector(".form-error:not([hidden])");
      await page.getByLabel("Whole path of a folder").fill(process.env.SOUNDS);
      await page.getByRole("button", { name: "Index", exact: true }).click();
      await page.locator('.job[data-state="done"]').waitFor();
      await page.getByRole("button", { name: "Show", exact: true }).click();
      await becomes(() => list.names(page), [name]);
      await page.locator(".badge:visible", { hasText: "missing" }).waitFor();
      await list.row(page, 0).click({ button: "right" });
      await page.getByRole("menuitem", { name: "Say where the file is now" }).click();
      await page.getByRole("dialog").locator("input").fill(moved);
      await page.keyboard.press("Enter");
      await page.waitForSelector("text=No sound fits");
      await eventually(async () => assert.match((await toasts(page)).join(), /Found again/));
    } finally {
      renameSync(moved, join(from, name));
    }
  }, { allow: /4\d\d/ }));
