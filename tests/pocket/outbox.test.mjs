// SPDX-License-Identifier: MulanPSL-2.0
// The laws of the outbox, run by Node: order, blocking, versions, pauses, what an answer means.
import assert from "node:assert/strict";
import test from "node:test";
import { blocker, body, counts, last, next, over, pause, verdict, version } from "../../src/linli/pocket/static/pocket/js/rules.js";

let seq = 0;
const step = (more = {}) => ({ id: `i${(seq += 1)}`, seq, owner: "1:1", lane: `alone:${seq}`, state: "waiting", given: {}, photos: [], next_at: 0, after: null, ...more });

test("steps go in the order in which they were made, whatever order the store gives", () => {
  const [one, two] = [step(), step()];
  assert.equal(next([two, one], "1:1", 0), one);
});

test("a step of another post never goes", () => {
  assert.equal(next([step({ owner: "2:9" })], "1:1", 0), null);
});

test("a step behind one that came back waits, and other matters go on", () => {
  const back = step({ lane: "matter:a", state: "conflict" });
  const behind = step({ lane: "matter:a", after: back.id });
  const other = step({ lane: "matter:b" });
  assert.equal(next([back, behind, other], "1:1", 0), other);
  assert.equal(blocker(behind, [back, behind, other]), back);
});

test("a step behind one that pauses waits too", () => {
  const pausing = step({ lane: "matter:a", next_at: 50 });
  assert.equal(next([pausing, step({ lane: "matter:a" })], "1:1", 10), null);
  assert.equal(next([pausing], "1:1", 10, { hurry: true }), pausing);
});

test("in a hurry nothing is tried twice in one turn, nor overtaken within its matter", () => {
  const tried = step({ lane: "matter:a" });
  assert.equal(next([tried, step({ lane: "matter:a" })], "1:1", 0, { hurry: true, skip: new Set([tried.id]) }), null);
});

test("a step builds on the version that the step before it was answered with", () => {
  const before = step({ lane: "matter:a", state: "sent", answer: { version: 6 }, given: { version: 5 } });
  const after = step({ lane: "matter:a", after: before.id, given: { version: 5 } });
  assert.equal(version(after, [before, after]), 6);
  assert.equal(version({ ...after, after: null }, []), 5);
});

test("when the step before was dropped, the version that it was built on counts", () => {
  const before = step({ state: "dropped", given: { version: 5 } });
  assert.equal(version(step({ after: before.id, given: { version: 4 } }), [before]), 5);
});

test("while the step before is open there is no version", () => {
  const before = step({ given: { version: 5 } });
  assert.equal(version(step({ after: before.id }), [before]), null);
});

test("the body carries words, version, time and the numbers of the photos in their order", () => {
  const item = step({ given: { number: "LL1", version: 3 }, photos: ["b", "a"], occurred_at: "2026-11-23T01:12:00.000Z" });
  assert.deepEqual(body(item, [item], [{ id: "a", number: 7 }, { id: "b", number: 8 }]),
    { number: "LL1", version: 3, occurred_at: "2026-11-23T01:12:00.000Z", evidence: [8, 7] });
});

test("a report has no version", () => {
  assert.equal("version" in body(step(), [], []), false);
});

test("pauses grow and end at ten minutes; the server's own wish counts", () => {
  assert.deepEqual([1, 2, 3].map((tries) => pause(tries)), [5_000, 10_000, 20_000]);
  assert.equal(pause(99), 600_000);
  assert.equal(pause(1, 60_000), 60_000);
});

test("every answer has one meaning", () => {
  const meanings = [[0, "", "offline"], [200, "", "done"], [401, "sign_in", "sign_in"], [403, "no_post", "sign_in"], [403, "stale_page", "token"], [409, "other_post", "other_post"],
    [409, "stale", "conflict"], [409, "key_reused", "refused"], [422, "invalid", "refused"], [404, "not_visible", "refused"], [429, "too_many", "later"], [503, "", "later"], [500, "trouble", "trouble"]];
  for (const [status, code, meaning] of meanings) assert.equal(verdict(status, code), meaning, `${status} ${code}`);
});

test("a further step of a matter builds on the last open one", () => {
  const [one, two] = [step({ lane: "matter:a" }), step({ lane: "matter:a" })];
  assert.equal(last([two, one], "matter:a"), two);
  assert.equal(last([{ ...one, state: "sent" }], "matter:a"), null);
});

test("nothing open is ever thrown away, nor what an open step builds on", () => {
  const week = 8 * 86_400_000;
  const needed = step({ state: "sent", ended_at: 0 });
  const items = [needed, step({ after: needed.id }), step({ state: "sent", ended_at: 0 }), step({ state: "refused" }), step({ state: "sent", ended_at: week })];
  assert.deepEqual(over(items, week).map((item) => item.id), [items[2].id]);
});

test("the number at the foot counts mine, tells what is stuck, and only counts those of others", () => {
  assert.deepEqual(counts([step(), step({ state: "refused" }), step({ owner: "2:2" }), step({ state: "sent" })], "1:1"), { mine: 2, stuck: 1, others: 1 });
});

test("whatever happens to each try, every step arrives once and in order within its matter", () => {
  let random = 20261123;
  const dice = (sides) => { random = (Math.imul(random, 1103515245) + 12345) >>> 0; return (random >>> 16) % sides; };
  for (let round = 0; round < 300; round += 1) {
    let items = Array.from({ length: 8 }, (_, place) => step({ lane: `matter:${dice(3)}`, id: `r${round}-${place}` }));
    const done = new Map();
    const arrived = [];
    for (let now = 0; items.some((item) => item.state === "waiting") && now < 10_000; now += 1) {
      const item = next(items, "1:1", now);
      if (!item) continue;
      const luck = dice(4);
      const isHeard = luck !== 1;
      if (luck !== 0 && !done.has(item.id)) { done.set(item.id, true); arrived.push(item.id); }
      items = items.map((one) => (one.id !== item.id ? one : luck === 0 || !isHeard ? { ...one, next_at: now + 1 + dice(3) } : { ...one, state: "sent" }));
    }
    assert.equal(arrived.length, 8);
    for (const lane of new Set(items.map((item) => item.lane))) {
      const made = items.filter((item) => item.lane === lane).map((item) => item.id);
      assert.deepEqual(arrived.filter((id) => made.includes(id)), made);
    }
  }
});
