import assert from "node:assert/strict";
import { test } from "node:test";
import { becomes, list, withPage } from "./harness.js";

test("who starts without a library is asked for a folder, and hears no error", () =>
  withPage(
    async (page) => {
      await page.waitForSelector(".welcome");
      assert.equal(await page.locator(".query-error:not([hidden])").count(), 0);
      await page.fill(".folder-form input", process.env.SOUNDS);
      await page.getByRole("button", { name: "Index", exact: true }).click();
      await list.ready(page);
      await becomes(() => list.total(page), 30);
      assert.equal(await page.locator(".welcome").count(), 0);
    },
    { allow: /404/ },
  ));
