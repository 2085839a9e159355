import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, becomes, drag, eventually, list, playing, toasts, withPage } from "./harness.js";

const playlists = async () => (await fetch(`${BASE}/api/playlists`)).json();
const named = (page, name) => page.locator(".playlist", { hasText: name });

/** What a person does who picks the first sounds of the list and presses P. */
async function makePlaylist(page, name, last = 2) {
  await list.row(page, 0).click();
  await list.row(page, last).click({ modifiers: ["Shift"] });
  await page.keyboard.press("p");
  await page.getByRole("menuitem", { name: "New playlist" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
  await named(page, name).waitFor();
}

/** The names of a playlist in its order, as the library keeps it. */
async function order(name) {
  const { id } = (await playlists()).find((playlist) => playlist.name === name);
  const { rows } = await (await fetch(`${BASE}/api/playlists/${id}`)).json();
  return rows.map((row) => row.name);
}

test("a playlist is made, opened, put in order by keys, and undone", () =>
  withPage(async (page) => {
    await list.ready(page);
    const [a, b, c] = await list.names(page);
    await makePlaylist(page, "扉 <b>");
    await named(page, "扉 <b>").locator(".value").click();
    await becomes(() => list.total(page), 3);
    assert.deepEqual(await order("扉 <b>"), [a, b, c]);
    await page.locator(".row:not([hidden])", { hasText: a }).click();
    await page.keyboard.press("Alt+ArrowDown");
    await becomes(() => order("扉 <b>"), [b, a, c]);
    await page.keyboard.press("Control+z");
    await becomes(() => order("扉 <b>"), [a, b, c]);
    await becomes(() => list.names(page), [a, b, c]);
    await page.locator(".row:not([hidden])", { hasText: a }).click();
    await page.keyboard.press("Delete");
    await becomes(() => order("扉 <b>"), [b, c]);
  }));

test("a playlist is put in order by dragging its rows, and the order outlives a reload", () =>
  withPage(async (page) => {
    await list.ready(page);
    const [a, b, c] = await list.names(page);
    await makePlaylist(page, "by hand");
    await named(page, "by hand").locator(".value").click();
    await becomes(() => list.total(page), 3);
    await becomes(() => list.names(page), [a, b, c]);
    await drag(page, list.row(page, 0), list.row(page, 2), { share: 0.8 });
    await becomes(() => order("by hand"), [b, c, a]);
    await becomes(() => list.names(page), [b, c, a]);
    await drag(page, list.row(page, 1), list.row(page, 0), { share: 0.2 });
    await becomes(() => order("by hand"), [c, b, a]);
    await page.reload();
    await becomes(() => list.names(page), [c, b, a]);
  }));

test("a playlist is renamed, saved in three formats and deleted", () =>
  withPage(async (page) => {
    await list.ready(page);
    await makePlaylist(page, "first name");
    const menu = () => named(page, "name").click({ button: "right" });
    await menu();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("other name");
    await page.keyboard.press("Enter");
    await named(page, "other name").waitFor();
    for (const [item, ending] of [["Save as M3U8", ".m3u8"], ["Save as CSV", ".csv"], ["Save the files as ZIP", ".zip"]]) {
      await menu();
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
      assert.equal(download.suggestedFilename(), `other name${ending}`);
      assert.equal(await download.failure(), null);
    }
    await menu();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await eventually(async () => assert.ok(!(await playlists()).some(({ name }) => name === "other name")));
    await eventually(async () => assert.match((await toasts(page)).join(), /Playlist deleted: other name/));
    await page.keyboard.press("Control+z");
    await named(page, "other name").waitFor();
  }));

test("sounds dropped on a playlist are added to it", () =>
  withPage(async (page) => {
    await list.ready(page);
    await makePlaylist(page, "dropped", 1);
    await drag(page, list.row(page, 3), named(page, "dropped"));
    await eventually(async () => assert.equal((await playlists()).find(({ name }) => name === "dropped").count, 3));
  }));

test("a list plays through", () =>
  withPage(async (page) => {
    await list.ready(page);
    await page.keyboard.press("n");
    await list.row(page, 0).click();
    await becomes(async () => (await playing(page)).playing, true);
    const [, next] = await list.names(page);
    await page.evaluate(() => import("/static/player/player.js").then(({ player }) => player.seek(4.8)));
    await becomes(() => list.current(page), next);
    await becomes(() => page.textContent(".player-name"), next);
  }));
