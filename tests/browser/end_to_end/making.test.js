import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, becomes, eventually, list, toasts, withPage } from "./harness.js";

const api = async (path) => (await fetch(BASE + path)).json();
const ready = (page) => page.waitForSelector(".making-form");
const made = (page) => page.locator(".making-results li");
const said = (page) => page.textContent(".making-status");

async function makeSounds(page) {
  await page.getByRole("button", { name: "Make", exact: true }).press("Enter");
}

test("variations of a sound of the library are made by keys alone, heard and kept", () =>
  withPage(
    async (page) => {
      await ready(page);
      assert.equal(await page.getAttribute('.nav a[data-view="make"]', "aria-current"), "page");
      await makeSounds(page);
      await becomes(() => said(page), "Choose sound A first.", "what is missing");
      await page.getByRole("button", { name: "From the library…" }).first().press("Enter");
      await page.keyboard.type("folder:犬");
      await becomes(() => page.locator(".making-found li").count(), 5, "sounds found");
      await page.getByRole("button", { name: /^Take / }).first().press("Enter");
      await page.getByLabel("How many").fill("2");
      await page.getByLabel("Amount").press("ArrowRight");
      assert.equal(await page.getAttribute('[data-name="making.amount"]', "aria-valuetext"), "25 %");
      await makeSounds(page);
      await becomes(() => made(page).count(), 2, "variations");
      await becomes(() => said(page), "2 sounds made");
      assert.match(await made(page).first().textContent(), /_vary_1\.wav.*Amount 25 %.*Seed 1/);
      await made(page).first().getByRole("button", { name: /^Play/ }).press("Enter");
      await eventually(async () => assert.equal(await made(page).first().getByRole("button", { name: /^Stop/ }).count(), 1));
      await made(page).first().getByRole("button", { name: /^Stop/ }).press("Enter");
      await made(page).first().getByRole("button", { name: /^Keep/ }).press("Enter");
      await eventually(async () => assert.match((await toasts(page)).join(), /Kept in the library: .*_vary_1\.wav/));
      await becomes(async () => (await api("/api/status")).library.sounds, 31, "sounds of the library");
      assert.ok(await made(page).first().getByRole("button", { name: /is in the library/ }).isDisabled());
    },
    { path: "/#/make" },
  ));

test("two sounds are blended at the slider, and what was made stays while one looks elsewhere", () =>
  withPage(
    async (page) => {
      await ready(page);
      await page.getByLabel("Share of B").press("ArrowRight");
      await eventually(async () => assert.match(await page.textContent(".making-slider .making-value"), /A 45 %, B 55 %/));
      await makeSounds(page);
      await becomes(() => made(page).count(), 1, "the blend");
      assert.match(await made(page).textContent(), /_blend_55\.wav/);
      await page.click('.nav a[data-view="list"]');
      await list.ready(page);
      await page.click('.nav a[data-view="make"]');
      await ready(page);
      assert.equal(await made(page).count(), 1);
      assert.equal(await page.locator(".making-slot .making-name").count(), 2);
    },
    { path: "/#/make?first=1&second=8" },
  ));

test("new sounds of a class, in Japanese, on a phone, each control with a name", () =>
  withPage(
    async (page) => {
      await ready(page);
      assert.equal(await page.textContent(".making h1"), "音をつくる");
      await page.getByLabel("新しい音").check();
      await page.getByLabel("音の種類").selectOption("tone");
      await page.getByLabel("長さ（秒）").fill("0.5");
      await page.getByLabel("個数").fill("1");
      await page.getByRole("button", { name: "つくる", exact: true }).click();
      await becomes(() => said(page), "1 個できました");
      assert.match(await made(page).textContent(), /tone_0\.wav/);
      const nameless = await page.$$eval(".making button, .making input:not([type=file]), .making select, .making a", (controls) =>
        controls.filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML),
      );
      assert.deepEqual(nameless, []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
    },
    { path: "/#/make", language: "ja", width: 390, height: 780 },
  ));

test("the menu of a sound leads here", () =>
  withPage(async (page) => {
    await list.ready(page);
    const [first] = await list.names(page);
    await list.row(page, 0).click();
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Make sounds of it" }).click();
    await becomes(() => page.textContent(".making-slot .making-name"), first, "sound A");
  }));
