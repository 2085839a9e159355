import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, becomes, eventually, playing, toasts, withPage } from "./harness.js";

const AXES = "x:pca.1,y:pca.2,z:brightness_hz";
const spaceAt = (settings) => `/#/space?space=${encodeURIComponent(settings)}`;
const ready = (page) => page.waitForFunction(() => performance.getEntriesByName("space.first-picture").length > 0);
const axisOf = (page, channel) => page.textContent(`.axis-menu[data-channel="${channel}"] .axis-button-value`);

async function choose(page, channel, words, key) {
  await page.click(`.axis-menu[data-channel="${channel}"] .axis-button`);
  await page.fill(`.axis-menu[data-channel="${channel}"] input`, words);
  await page.click(`.axis-menu[data-channel="${channel}"] [data-key="${key}"]`);
}

/** Where the sounds lie on the screen, worked out from what the server says of them. */
function placesOnScreen(page, keys) {
  return page.evaluate(async (axes) => {
    const [{ decodePayload }, { framed }, { HOME, viewProjection }, { coordinate, projectPoint }] = await Promise.all([
      import("/static/space/payload.js"),
      import("/static/space/bulk.js"),
      import("/static/space/orbit.js"),
      import("/static/space/projection.js"),
    ]);
    const answer = await fetch(`/api/space/values?axes=${axes.join(",")}`);
    const { ids, axes: values } = decodePayload(await answer.arrayBuffer());
    const { width, height, left, top } = document.querySelector(".space-stage").getBoundingClientRect();
    const matrix = viewProjection(HOME, width / height);
    return [...ids].map((id, i) => {
      const point = values.map((axis) => coordinate(framed(axis).steps[i]));
      const { x, y } = projectPoint(point, matrix, { width, height });
      return { id, x: left + x, y: top + y };
    });
  }, keys);
}

const api = async (path, options) => (await fetch(BASE + path, options)).json();

test("three axes and a colour are chosen by name, stand in the address, and outlive a reload", () =>
  withPage(
    async (page) => {
      await ready(page);
      await choose(page, "x", "loudness", "loudness_lufs");
      await choose(page, "y", "brightness", "brightness_hz");
      await choose(page, "z", "pca 3", "pca.3");
      await choose(page, "colour", "duration", "duration_s");
      const chosen = () => Promise.all(["x", "y", "z", "colour"].map((channel) => axisOf(page, channel)));
      const names = await eventually(async () => {
        const shown = await chosen();
        assert.deepEqual([shown[0], shown[1], shown[3]], ["Loudness", "Brightness", "Duration"]);
        assert.match(decodeURIComponent(page.url()), /x:loudness_lufs,y:brightness_hz,z:pca\.3,colour:duration_s/);
        return shown;
      }, "the axes that were chosen");
      await page.reload();
      await ready(page);
      await becomes(chosen, names, "the axes after a reload");
      await page.goto(`${BASE}/#/`);
      await page.goto(`${BASE}/#/space`);
      await becomes(chosen, names, "the axes of a page that was opened without them");
      await eventually(async () => assert.match(await page.textContent("#space-summary"), /30 sounds.*Loudness.*Brightness/));
    },
    { path: "/#/space" },
  ));

test("a point says its name and plays while the pointer rests on it; a click chooses, a double click opens", () =>
  withPage(
    async (page) => {
      await ready(page);
      const [place] = await placesOnScreen(page, ["pca.1", "pca.2", "brightness_hz"]);
      await page.mouse.move(place.x, place.y);
      const { id, name } = await eventually(async () => {
        const state = await playing(page);
        assert.ok(state.id !== null, "nothing plays");
        return api(`/api/sounds/${state.id}`);
      });
      await becomes(() => page.textContent(".space-tip-name"), name, "the name beside the point");
      await page.mouse.click(place.x, place.y);
      await eventually(async () => assert.match(await page.textContent(".space-near-title"), new RegExp(`Nearest to`)));
      await becomes(() => page.locator(".space-near-item").count(), 10, "the nearest sounds");
      await eventually(async () => assert.match(await page.textContent(".space-selection-count"), /One sound selected/));
      await page.mouse.dblclick(place.x, place.y);
      await becomes(async () => new URL(page.url()).hash.split("?")[0], `#/sound/${id}`, "the page of the sound");
    },
    { path: spaceAt(AXES) },
  ));

test("sounds inside a lasso become a playlist, and undo takes it away", () =>
  withPage(
    async (page) => {
      await ready(page);
      const places = await placesOnScreen(page, ["pca.1", "pca.2", "brightness_hz"]);
      const middle = (await page.locator(".space-stage").boundingBox()).x + 500;
      const wanted = places.filter(({ x }) => x < middle - 4).map(({ id }) => id);
      const unsure = new Set(places.filter(({ x }) => Math.abs(x - middle) <= 4).map(({ id }) => id));
      const box = await page.locator(".space-stage").boundingBox();
      await page.click('[data-name="lasso"]');
      await page.mouse.move(middle, box.y + 2);
      await page.mouse.down();
      for (const [x, y] of [[box.x + 2, box.y + 2], [box.x + 2, box.y + box.height - 2], [middle, box.y + box.height - 2]]) {
        await page.mouse.move(x, y, { steps: 3 });
      }
      await page.mouse.up();
      await page.fill('.space-selection input[name="playlist"]', "左の音");
      await page.press('.space-selection input[name="playlist"]', "Enter");
      await eventually(async () => assert.match((await toasts(page)).join(), /左の音/));
      const made = (await api("/api/playlists")).find(({ name }) => name === "左の音");
      const held = (await api(`/api/playlists/${made.id}`)).rows.map(({ id }) => id);
      assert.deepEqual(held.filter((id) => !unsure.has(id)).sort((a, b) => a - b), wanted.sort((a, b) => a - b));
      await page.keyboard.press("Escape");
      await page.locator(".space-stage").focus();
      await page.keyboard.press("Control+z");
      await becomes(async () => (await api("/api/playlists")).some(({ name }) => name === "左の音"), false, "undo");
    },
    { path: spaceAt(AXES) },
  ));

test("without a mouse: the space turns by arrows, and Tab leads to the nearest sounds, which play", () =>
  withPage(
    async (page) => {
      await ready(page);
      const summary = await page.textContent("#space-summary");
      assert.match(summary, /音は 30 件/);
      await page.locator(".space-stage").focus();
      for (const key of ["ArrowLeft", "ArrowUp", "+", "-", "0"]) await page.keyboard.press(key);
      await page.locator(".space-near-list").focus();
      await page.keyboard.press("ArrowDown");
      const { id } = await eventually(async () => {
        const state = await playing(page);
        assert.ok(state.id !== null);
        return state;
      });
      await page.keyboard.press("Enter");
      const { name } = await api(`/api/sounds/${id}`);
      await eventually(async () => assert.ok((await page.textContent(".space-near-title")).includes(name)));
    },
    { path: spaceAt(AXES), language: "ja" },
  ));

test("the space shows the current result alone, or the whole library, and goes flat", () =>
  withPage(
    async (page) => {
      await ready(page);
      await page.selectOption(".space-choice", "result");
      await page.click('[data-name="flat"]');
      await becomes(() => page.getAttribute('[data-name="flat"]', "aria-pressed"), "true", "2-D");
      await page.reload();
      await ready(page);
      assert.equal(await page.inputValue(".space-choice"), "result");
      assert.equal(await page.getAttribute('[data-name="flat"]', "aria-pressed"), "true");
    },
    { path: spaceAt(AXES) },
  ));

test("a browser without WebGL is told so, in its language", () =>
  withPage(
    async (page) => {
      await page.evaluate(() => {
        const get = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
          return kind.startsWith("webgl") ? null : get.call(this, kind, ...more);
        };
        location.hash = "#/space";
      });
      await eventually(async () => assert.match(await page.textContent(".space-message"), /WebGL 2 がない/));
    },
    { language: "ja" },
  ));
