import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, becomes, eventually, list, toasts, withPage } from "./harness.js";

const sound = async (page) => {
  const id = await page.evaluate(() => import("/static/state/store.js").then(({ store }) => store.get().current));
  return (await fetch(`${BASE}/api/sounds/${id}`)).json();
};
const source = async (page, name) => (await sound(page)).tags.find((tag) => tag.name === name)?.source;

test("the best tag is accepted and rejected by one key each; everything is undone and redone", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('.tag-item[data-source="auto"]');
    const [first, second] = await page.$$eval(".tag-item", (items) => items.map((item) => item.dataset.tag));
    await page.keyboard.press("a");
    await becomes(() => source(page, first), "user");
    await page.waitForSelector(`.tag-item[data-source="user"][data-tag="${first}"]`);
    await page.keyboard.press("x");
    await eventually(async () => assert.notEqual(await source(page, second), "auto"));
    await page.keyboard.press("Control+z");
    await becomes(() => source(page, second), "auto");
    await eventually(async () => assert.match((await toasts(page)).join(), /Undone: reject/));
    await page.keyboard.press("Control+z");
    await becomes(() => source(page, first), "auto");
    await page.keyboard.press("Control+Shift+Z");
    await becomes(() => source(page, first), "user");
  }));

test("a tag of one's own goes to all selected sounds, shows in the list, and is searched by", () =>
  withPage(async (page) => {
    await list.ready(page);
    await list.row(page, 0).click();
    await list.row(page, 3).click({ modifiers: ["Shift"] });
    await page.keyboard.press("t");
    await page.keyboard.type("私の <i>タグ</i>");
    await page.keyboard.press("Enter");
    await page.waitForSelector('.row .tag[data-source="user"]');
    await becomes(() => page.locator('.row .tag[data-source="user"]', { hasText: "私の <i>タグ</i>" }).count(), 4);
    await page.locator(".tag-item", { hasText: "私の" }).locator(".tag-name").click();
    await becomes(() => list.total(page), 4);
    await page.click(".toast .button");
    await page.waitForSelector("text=No sound fits");
  }));

test("a tag is taught from examples, spreads, and is corrected", () =>
  withPage(async (page) => {
    await page.goto(`${BASE}/#/?q=${encodeURIComponent("folder:knocks")}`);
    await becomes(() => list.total(page), 5);
    await list.row(page, 0).click();
    await list.row(page, 2).click({ modifiers: ["Shift"] });
    await page.click("text=Teach a tag");
    await page.getByLabel("Name of the tag").fill("my knock");
    await becomes(() => page.locator(".teach-item").count(), 3);
    await page.getByRole("button", { name: "Teach", exact: true }).click();
    await page.getByRole("button", { name: "Teach again" }).waitFor();
    await eventually(async () => assert.ok((await page.locator(".teach-item").count()) > 3));
    await page.locator(".teach-item .judge-no").first().click();
    await page.getByRole("button", { name: "Teach again" }).click();
    await eventually(async () => {
      const [taught] = await (await fetch(`${BASE}/api/taught`)).json();
      assert.deepEqual([taught.name, taught.examples, taught.counter_examples], ["my knock", 3, 1]);
    });
    await page.getByRole("button", { name: "Show all of them" }).click();
    await eventually(async () => assert.ok((await list.total(page)) >= 3));
  }));
