import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnnouncer } from "../../../src/kikimimi/web/static/live/announcer.js";
import { levelRange, levelTicks, stripOf, timeOfDay, timeTicks, wallClock, xOf } from "../../../src/kikimimi/web/static/live/axes.js";
import { placeBars } from "../../../src/kikimimi/web/static/live/bars.js";
import { createFollower } from "../../../src/kikimimi/web/static/live/follower.js";
import { createModel } from "../../../src/kikimimi/web/static/live/model.js";
import { createSpectrumRing, rangeOf, spectrumPicture } from "../../../src/kikimimi/web/static/live/spectrum_ring.js";

const NOW = { state: "heard", since: "", message: "", quiet_s: 0, at_s: 0, time: "2026-11-22T18:30:00.000+09:00", heard_s: null };
const STARTED = { source: "x", sample_rate_hz: 8000, channels: 1, bands_hz: [40, 400, 4000], row_s: 0.1 };

/** @param {object} patch */
const news = (patch) => ({
  ...{ run: "r", next: 1, sound: 1, keeps_audio: true, full_scale_db: 0, now: NOW, started: null, rows: { end_s: [], levels: "" } },
  ...{ levels: [], happenings: [], alerts: [], faults: [], queues: [] },
  ...patch,
});
const rows = (...ends) => ({ end_s: ends, levels: btoa(String.fromCharCode(...ends.flatMap((_, at) => [at + 1, 100]))) });
const level = (at_s) => ({ at_s, LAF: -30, LAFmax: -20, LAeq: -25 });
const dog = (onset_s, patch = {}) => ({ sound: 1, kind: "event", label: "Dog", onset_s, duration_s: 1, is_over: false, ...patch });

/** Timers that go off when the test says so. */
function handTimer() {
  const waiting = [];
  return { waiting, set: (work, ms) => waiting.push({ work, ms }), clear: () => waiting.splice(0), fire: () => waiting.splice(0).forEach(({ work }) => work()) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("rows stand at their times, and a gap stays empty", () => {
  const model = createModel();
  model.take(news({ started: STARTED, rows: rows(0.1, 0.2, 5) }), true);
  const { ring } = model.known;
  assert.deepEqual([...ring.row(0)], [1, 100]);
  assert.deepEqual([...ring.row(49)], [3, 100]);
  assert.equal(ring.row(10), null);
  assert.equal(model.endS(), 5);
});

test("what the page keeps has a limit, however long it runs", () => {
  const model = createModel();
  model.take(news({ started: STARTED }), true);
  for (let s = 1; s < 3000; s++) {
    const alerts = [{ ...dog(s), id: String(s) }];
    model.take(news({ rows: rows(s), levels: [level(s)], happenings: [dog(s)], alerts, faults: [{ message: String(s) }], queues: [{ action: "a" }] }), false);
  }
  const { known } = model;
  assert.deepEqual([known.levels.length, known.happenings.size, known.alerts.length, known.faults.length, known.queues.length], [600, 200, 100, 50, 1]);
  assert.equal(known.ring.row(9), null);
  assert.ok(known.ring.row(29989));
});

test("something that goes on is told of as new once only", () => {
  const model = createModel();
  assert.equal(model.take(news({ happenings: [dog(1)] }), true).happenings.length, 1);
  assert.equal(model.take(news({ happenings: [dog(1, { is_over: true }), dog(2)] }), false).happenings.length, 1);
  assert.deepEqual([...model.known.happenings.values()].map((one) => one.is_over), [true, false]);
});

test("another run begins empty, and another sound has pictures of its own", () => {
  const model = createModel();
  model.take(news({ started: STARTED, levels: [level(1)], rows: rows(1), alerts: [dog(1)], happenings: [dog(1)] }), true);
  model.take(news({ sound: 2, started: STARTED, levels: [level(1)] }), false);
  assert.deepEqual([model.known.levels.length, model.known.ring.row(9), model.known.alerts.length], [1, null, 1]);
  model.take(news({ run: "other" }), true);
  assert.deepEqual([model.known.started, model.known.ring, model.known.alerts, model.known.happenings.size], [null, null, [], 0]);
});

test("the colours show most levels, and silence in bits does not count", () => {
  const counts = new Float64Array(256);
  assert.deepEqual(rangeOf(counts), { floorDb: -90, ceilingDb: -30 });
  counts[0] = 1e6;
  counts[51] = 500; // -80 dB
  counts[153] = 500; // -40 dB
  assert.deepEqual(rangeOf(counts), { floorDb: -80, ceilingDb: -40 });
  counts[153] = 0;
  assert.equal(rangeOf(counts).ceilingDb - rangeOf(counts).floorDb, 40);
});

test("a picture has the lowest band at the bottom and the loudest of several rows in a column", () => {
  const ring = createSpectrumRing({ bands: 2, rowS: 1, keptS: 100 });
  for (let s = 1; s <= 8; s++) ring.put(s, Uint8Array.of(s === 6 ? 255 : 0, 127));
  const whole = { startS: 0, endS: 8, floorDb: -100, ceilingDb: 0 };
  const fine = spectrumPicture(ring, { ...whole, columns: 8 });
  assert.deepEqual([fine.columns, fine.rows, fine.startS, fine.endS], [8, 2, 0, 8]);
  assert.deepEqual([...fine.levels], [127, 127, 127, 127, 127, 127, 127, 127, 0, 0, 0, 0, 0, 255, 0, 0]);
  const coarse = spectrumPicture(ring, { ...whole, columns: 4 });
  assert.deepEqual([...coarse.levels.slice(4)], [0, 0, 255, 0]);
  const later = spectrumPicture(ring, { ...whole, startS: 1, endS: 9, columns: 4 });
  assert.equal(later.startS, 0); // the same rows share a column as time goes on
  assert.deepEqual([...later.known], [1, 1, 1, 1, 0]); // nothing is known after 8 s
});

test("rows of another size or before the beginning are left out", () => {
  const ring = createSpectrumRing({ bands: 2, rowS: 1, keptS: 3 });
  ring.put(0, Uint8Array.of(1, 1));
  ring.put(1, Uint8Array.of(1));
  assert.equal(ring.row(0), null);
});

test("ticks stand at round times of the listener's time zone", () => {
  const clock = wallClock({ at_s: 100, time: "2026-11-22T18:30:10.000+09:00" });
  const strip = stripOf({ endS: 100, spanS: 30 }, 344);
  const ticks = timeTicks(strip, clock);
  assert.deepEqual(ticks.map(({ text }) => text), ["18:29:40", "18:29:50", "18:30:00", "18:30:10"]);
  assert.equal(Math.round(ticks[3].atS), 100);
  assert.equal(xOf(strip, 100), 344);
  assert.equal(timeOfDay("2026-11-22T23:59:59.400-05:30"), "23:59:59");
  assert.equal(wallClock({ at_s: 0, time: "" }).text(3661), "01:01:01");
});

test("the axis of levels has round ends and bears silence", () => {
  assert.deepEqual(levelRange([]), { low: -80, high: -50 });
  assert.deepEqual(levelRange([{ LAF: -200, LAFmax: -200, LAeq: -200 }]), { low: -80, high: -50 });
  assert.deepEqual(levelRange([level(0), { LAF: 0, LAFmax: -3.2, LAeq: -61 }]), { low: -70, high: 0 });
  assert.deepEqual(levelTicks({ low: -70, high: 0 }, 80), [-60, -40, -20, 0]);
});

test("bars never lie over each other, and stay where they are as time goes on", () => {
  const options = { rows: 2, end: 100 };
  const bars = [{ key: "a", from: 0, to: 30, wide: 20 }, { key: "b", from: 10, to: 15, wide: 20 }, { key: "c", from: 12, to: 20, wide: 9 }, { key: "d", from: 90, to: 95, wide: 20 }];
  const first = placeBars(bars, { ...options, places: new Map() });
  assert.deepEqual([...first], [["a", { row: 0, side: "inside" }], ["b", { row: 1, side: "after" }], ["d", { row: 0, side: "before" }]]);
  const moved = bars.slice(1).map((bar) => ({ ...bar, from: bar.from - 10, to: bar.to - 10 }));
  const later = placeBars([...moved, { key: "e", from: 88, to: 92, wide: 4 }], { ...options, places: first });
  assert.deepEqual([later.get("b").row, later.get("d")], [1, { row: 0, side: "before" }]);
  assert.equal(later.get("e").row, 0); // behind d, whose name stays before it
});

test("the page asks on with what it knows, and anew after a restart", async () => {
  const timer = handTimer();
  const asked = [];
  const taken = [];
  const answers = [news({ run: "a", next: 5 }), news({ run: "a", next: 7 }), news({ run: "b", next: 2 })];
  const ask = async (known) => (asked.push({ ...known }), answers.shift());
  createFollower({ ask, ontake: (_, isNew) => taken.push(isNew), onlost: assert.fail, isHidden: () => false, timer });
  for (let turn = 0; turn < 2; turn++) (await settled(), timer.fire());
  await settled();
  assert.deepEqual(asked, [{ run: "", after: 0 }, { run: "a", after: 5 }, { run: "a", after: 7 }]);
  assert.deepEqual(taken, [true, false, true]);
});

test("a tab that nobody sees asks nothing, and a server that is away is asked again", async () => {
  const timer = handTimer();
  let hidden = true;
  let asked = 0;
  let lost = 0;
  const ask = async () => (asked++ ? news({}) : Promise.reject(new Error("away")));
  const follower = createFollower({ ask, ontake: () => (hidden = true), onlost: () => lost++, isHidden: () => hidden, timer });
  await settled();
  assert.deepEqual([asked, timer.waiting.length], [0, 0]);
  hidden = false;
  follower.wake();
  follower.wake();
  await settled();
  assert.deepEqual([asked, lost], [1, 1]);
  assert.ok(timer.waiting[0].ms >= 1000);
  timer.fire();
  await settled();
  timer.fire();
  await settled();
  assert.equal(asked, 2);
  follower.end();
  hidden = false;
  follower.wake();
  await settled();
  assert.equal(asked, 2);
});

test("many events at once are few sentences", () => {
  const timer = handTimer();
  const said = [];
  const announcer = createAnnouncer({ say: (names, others) => said.push([names, others]), timer });
  announcer.tell(["Dog"]);
  announcer.tell(["Cat", "Dog"]);
  for (let n = 0; n < 500; n++) announcer.tell([["Rain", "Wind", "Dog"][n % 3]]);
  assert.equal(said.length, 1);
  timer.fire();
  assert.deepEqual(said[1], [["Cat", "Dog × 167", "Rain × 167"], 1]);
  timer.fire();
  assert.equal(said.length, 2);
  announcer.tell(["Bell"]);
  assert.deepEqual(said[2], [["Bell"], 0]);
});
