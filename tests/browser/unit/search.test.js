import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { emptyQuery } from "../../../src/kikimimi/web/static/query/model.js";
import { search, startSearch } from "../../../src/kikimimi/web/static/query/search.js";
import { store } from "../../../src/kikimimi/web/static/state/store.js";

const kept = globalThis.fetch;
let asked = [];

/** Let everything that is ready run. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
const type = (text) => store.set({ query: { ...emptyQuery(), text } });

beforeEach(() => {
  asked = [];
  globalThis.fetch = (path, { body, signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("given up", "AbortError")));
      const { text = "" } = JSON.parse(body);
      const answer = { result: `key of ${text}`, total: 1, ms: 1, words_found_by: [], rows: [{ id: 1, name: text }] };
      asked.push({
        path,
        text,
        signal,
        answer: () => resolve(Response.json(answer)),
        refuse: () => resolve(Response.json({ error: { code: "bad", message: "no" } }, { status: 400 })),
      });
    });
});
afterEach(() => (globalThis.fetch = kept));

test("letters typed while an answer is awaited ask once more, for the newest text only", async () => {
  startSearch();
  asked.at(-1).answer();
  await settle();
  for (const text of ["d", "do", "dog"]) type(text);
  assert.deepEqual(asked.slice(1).map(({ text }) => text), ["d"]);
  assert.equal(store.get().searching, true);
  asked.at(-1).answer();
  await settle();
  assert.deepEqual(asked.slice(1).map(({ text }) => text), ["d", "dog"]);
  assert.equal(store.get().result, "key of ", "the answer to what is out of date is not shown");
  asked.at(-1).answer();
  await settle();
  assert.equal(store.get().result, "key of dog");
  assert.deepEqual(store.get().firstRows.map(({ name }) => name), ["dog"]);
  assert.equal(store.get().searching, false);
});

test("a new query begins without a selection; a query that is asked again keeps it", async () => {
  type("cat");
  asked.at(-1).answer();
  await settle();
  store.set({ selected: new Set([1]) });
  search();
  asked.at(-1).answer();
  await settle();
  assert.deepEqual([...store.get().selected], [1]);
  type("cow");
  asked.at(-1).answer();
  await settle();
  assert.equal(store.get().selected.size, 0);
});

test("what the server refuses is told, and the next answer takes it back", async () => {
  type('"');
  asked.at(-1).refuse();
  await settle();
  assert.deepEqual(store.get().queryError, { code: "bad", message: "no" });
  type("ok");
  asked.at(-1).answer();
  await settle();
  assert.equal(store.get().queryError, null);
});

test("an answer that is too long in coming is given up for the next question", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  type("slow");
  type("next");
  assert.equal(asked.length, 1);
  context.mock.timers.tick(1000);
  assert.deepEqual(asked.map(({ text }) => text), ["slow", "next"]);
  assert.equal(asked[0].signal.aborted, true);
  context.mock.timers.reset();
  asked.at(-1).answer();
  await settle();
  assert.equal(store.get().result, "key of next");
});

test("a library that changes all the time does not keep a question from its answer", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  type("busy");
  for (let change = 0; change < 3; change += 1) {
    search();
    context.mock.timers.tick(2000);
  }
  assert.deepEqual(asked.map(({ text }) => text), ["busy"]);
  assert.equal(asked[0].signal.aborted, false);
  context.mock.timers.reset();
  asked[0].answer();
  await settle();
  assert.equal(store.get().result, "key of busy");
  assert.deepEqual(asked.map(({ text }) => text), ["busy", "busy"], "the library is another one by now");
  assert.equal(store.get().searching, true);
  asked[1].answer();
  await settle();
  assert.equal(store.get().searching, false);
});
