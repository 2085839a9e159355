import assert from "node:assert/strict";
import { test } from "node:test";
import { createPages } from "../../../src/kikimimi/web/static/list/pages.js";

/** A server whose answers come when they are told to. */
function fakeServer(total) {
  const asked = [];
  const server = {
    asked,
    fetch: ({ offset, limit, signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("passed", "AbortError")));
        const rows = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, n) => ({ id: offset + n }));
        asked.push({ offset, signal, answer: () => resolve({ rows }), fail: reject });
      }),
    answerAll: async () => {
      for (const one of asked) one.answer();
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
  return server;
}

function pagesOf(server, total) {
  const errors = [];
  const arrived = [];
  const pages = createPages({ total, fetch: server.fetch, onrows: (first, end) => arrived.push([first, end]), onerror: (error) => errors.push(error) });
  return { pages, errors, arrived };
}

test("rows come when they are wanted, and the next page in the direction of scrolling", async () => {
  const server = fakeServer(1000);
  const { pages, arrived } = pagesOf(server, 1000);
  pages.want(250, 270, 1);
  assert.deepEqual(server.asked.map(({ offset }) => offset), [200, 300]);
  assert.equal(pages.row(255), null);
  await server.answerAll();
  assert.deepEqual(pages.row(255), { id: 255 });
  assert.deepEqual(arrived, [[200, 300], [300, 400]]);
  pages.want(250, 270, -1);
  assert.deepEqual(server.asked.map(({ offset }) => offset), [200, 300, 100]);
});

test("a first page that came with the answer is not asked for; the next one when its end comes near", () => {
  const server = fakeServer(1000);
  const first = Array.from({ length: 100 }, (_, id) => ({ id }));
  const pages = createPages({ first, total: 1000, fetch: server.fetch, onrows: () => {}, onerror: assert.fail });
  pages.want(0, 20, 1);
  assert.deepEqual(pages.row(7), { id: 7 });
  assert.deepEqual(server.asked, []);
  pages.want(40, 60, 1);
  assert.deepEqual(server.asked.map(({ offset }) => offset), [100]);
});

test("pages that were passed are not waited for", async () => {
  const server = fakeServer(100_000);
  const { pages, errors } = pagesOf(server, 100_000);
  pages.want(30, 50, 1);
  pages.want(50_000, 50_020, 1);
  assert.ok(server.asked[0].signal.aborted && server.asked[1].signal.aborted);
  assert.ok(!server.asked[2].signal.aborted);
  await server.answerAll();
  assert.equal(pages.row(5), null);
  assert.deepEqual(pages.row(50_001), { id: 50_001 });
  assert.deepEqual(errors, []);
});

test("only so many pages are kept", async () => {
  const server = fakeServer(100_000);
  const { pages } = pagesOf(server, 100_000);
  for (let row = 0; row < 10_000; row += 100) {
    pages.want(row, row + 20, 1);
    await server.answerAll();
  }
  assert.deepEqual(pages.row(9_905), { id: 9_905 });
  assert.equal(pages.row(5), null);
});

test("a failed page is told of once and asked for again", async () => {
  const server = fakeServer(50);
  const { pages, errors } = pagesOf(server, 50);
  pages.want(0, 20, 1);
  server.asked[0].fail(new Error("broken"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(errors.length, 1);
  pages.want(0, 20, 1);
  assert.equal(server.asked.length, 2);
});

test("refreshing shows the old rows until the new ones are there", async () => {
  const server = fakeServer(50);
  const { pages } = pagesOf(server, 50);
  pages.want(0, 20, 1);
  await server.answerAll();
  pages.refresh();
  assert.deepEqual(pages.row(3), { id: 3 });
  assert.equal(server.asked.length, 2);
});

test("an empty list asks for nothing", () => {
  const server = fakeServer(0);
  pagesOf(server, 0).pages.want(0, 0, 1);
  assert.equal(server.asked.length, 0);
});
