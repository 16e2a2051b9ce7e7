// SPDX-License-Identifier: MulanPSL-2.0
// The phone's clock, grids, predictions and comparisons, run by Node.
import assert from "node:assert/strict";
import test from "node:test";
import { compared, mayStand } from "../../src/linli/pocket/static/pocket/js/compare.js";
import { drawing, gridAt, isInBox, metres } from "../../src/linli/pocket/static/pocket/js/grids.js";
import { clockText, dueText } from "../../src/linli/pocket/static/pocket/js/limits.js";
import { predicted } from "../../src/linli/pocket/static/pocket/js/predict.js";
import { correction, happened, measured } from "../../src/linli/pocket/static/pocket/js/skew.js";

const at = Date.parse("2026-11-23T01:12:00Z");
const say = (name, values) => `${name}${values?.span ?? ""}${JSON.stringify(values ?? {})}`;

test("a phone that is ten minutes slow is found out and put right", () => {
  const found = measured("Mon, 23 Nov 2026 01:22:00 GMT", at, at + 200);
  assert.equal(found.offset, 600_400);
  assert.equal(correction(found), 600_400);
});

test("a difference within the error of the measurement changes nothing", () => {
  assert.equal(correction(measured("Mon, 23 Nov 2026 01:12:00 GMT", at, at + 900)), 0);
  assert.equal(correction(null), 0);
  assert.equal(measured(null, at, at), null);
});

test("a step happened when the phone says, put right, and never before the step that it answers", () => {
  const item = { at, offset: 60_000, not_before: null, after: null };
  assert.equal(happened(item, [], 0), "2026-11-23T01:13:00.000Z");
  assert.equal(happened({ ...item, offset: null }, [], 5_000), "2026-11-23T01:12:05.000Z");
  assert.equal(happened({ ...item, not_before: "2026-11-23T01:15:00.5Z" }, [], 0), "2026-11-23T01:15:00.501Z");
  assert.equal(happened({ ...item, after: "b" }, [{ id: "b", occurred_at: "2026-11-23T01:20:00Z" }], 0), "2026-11-23T01:20:00.001Z");
});

test("a point lies in the grid around it and in no other", () => {
  const square = (west) => ({ area: String(west), rings: [[[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]] });
  assert.equal(gridAt([square(0), square(1)], 1.5, 0.5).area, "1");
  assert.equal(gridAt([square(0)], 2, 2), null);
  assert.equal(isInBox([0, 0, 1, 1], 0.5, 2), false);
});

test("distances are in metres and drawings keep their shape", () => {
  assert.ok(Math.abs(metres([117.19, 39.11], [117.19, 39.119]) - 1002) < 3);
  const paper = drawing([{ area: "1", rings: [[[0, 0], [2, 0], [2, 1], [0, 1]]] }]);
  assert.equal(paper.height, 160);
  assert.deepEqual(paper.at(paper.point(100, 50)), [100, 50]);
  assert.equal(drawing([]), null);
});

test("what waits is worked into the card: received means that it can be handled", () => {
  const card = { number: "LL1", version: 4, moves: ["matter.receive", "matter.return"] };
  const waiting = (action, more = {}) => ({ id: action, seq: 1, lane: "matter:LL1", owner: "1:1", state: "waiting", action, ...more });
  assert.deepEqual(predicted(card, [waiting("matter.receive")], "1:1").moves, ["matter.handle", "matter.reply"]);
  assert.equal(predicted(card, [waiting("matter.return")], "1:1").is_done, true);
  assert.deepEqual(predicted(card, [waiting("matter.receive")], "2:2").moves, card.moves);
  const sent = predicted(card, [waiting("matter.receive", { state: "sent", answer: { version: 5 } })], "1:1");
  assert.deepEqual([sent.version, sent.pending.length, sent.moves.length], [5, 0, 2]);
});

test("a conflict shows what I saw, what I wrote and what it is now, and leaves out what is the same", () => {
  const saw = { phase_text: "核查中", address: "槐安路", steps: [{ title: "反馈", text: "好了" }] };
  const now = { phase_text: "核查通过", address: "槐安路", steps: [{ title: "核查通过", text: "合格" }], moves: [] };
  const rows = compared(saw, [["现场看到", "不合格"]], now);
  assert.deepEqual(rows.map((row) => [row.name, row.saw, row.wrote, row.now]),
    [["step", "反馈：好了", "", "核查通过：合格"], ["phase_text", "核查中", "", "核查通过"], ["现场看到", "", "不合格", ""]]);
  assert.equal(mayStand({ action: "matter.verify" }, now), false);
  assert.equal(mayStand({ action: "matter.verify" }, null), false);
});

test("limits are said in words with their tone", () => {
  assert.equal(dueText(null, at, say).tone, "");
  assert.equal(dueText("2026-11-23T01:00:00Z", at, say).tone, "bad");
  assert.equal(dueText("2026-11-23T02:00:00Z", at, say).tone, "warn");
  assert.equal(dueText("2026-11-25T02:00:00Z", at, say).tone, "");
  assert.match(clockText(at, at + 86_400_000), /^\d\d-\d\d \d\d:\d\d$/);
});
