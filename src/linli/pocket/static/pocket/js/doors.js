// Doors to call at: those that are due, then one building in the order of its stairs. One press keeps on the phone what came of a call.
import { announce, fill, made } from "./draw.js";
import { asOf } from "./day.js";
import { owner } from "./frame.js";
import { make } from "./making.js";
import { page, say } from "./page.js";
import { reading } from "./reading.js";
import { isOpen, ordered } from "./rules.js";
import { all } from "./store.js";
import { listen } from "./telling.js";

let held = null;
let me = "";
let building = "";
let opened = null;

const FRESH = 12 * 3_600_000;

// The last step of this phone at a door that was not taken back; one that was sent counts on its day only.
function lastOf(items, dwelling) {
  const mine = ordered(items).filter((item) => item.owner === me && item.action === "visit.record" && item.given.dwelling === dwelling && item.state !== "dropped");
  const step = mine.at(-1) ?? null;
  return step && (isOpen(step) || Date.now() - (step.ended_at ?? 0) < FRESH) ? step : null;
}

async function record(door, value, label) {
  opened = null;
  await make({
    action: "visit.record", lane: `door:${door.dwelling}`, title: say("visit_record"), about: door.name, wrote: [[say("outcome"), label]],
    given: { dwelling: door.dwelling, outcome: value, purpose: "routine" },
  }, { owner: me });
  await draw();
  announce(say("kept"));
}

function entry(door, items) {
  const step = lastOf(items, door.dwelling);
  const label = step && (held.body.outcomes.find(([value]) => value === step.given.outcome)?.[1] ?? "");
  const part = made("door", {
    name: door.name, kept: step ? say(isOpen(step) ? "door_waits" : "door_sent", { outcome: label }) : "",
    last: door.last && !step ? say("door_last", { outcome: door.last }) : "", again: door.again_on && !step ? say("door_again", { day: door.again_on }) : "",
    late: door.late && !step ? say("door_late", { count: door.late }) : "",
  });
  part.dataset.dwelling = door.dwelling;
  part.classList.toggle("is-done", Boolean(step));
  const details = part.querySelector("details");
  details.open = opened === door.key;
  details.addEventListener("toggle", () => { if (details.open) opened = door.key; else if (opened === door.key) opened = null; });
  part.querySelector("[data-outcomes]").replaceChildren(...held.body.outcomes.map(([value, text]) => {
    const button = made("outcome", { text });
    button.addEventListener("click", () => record(door, value, text));
    return button;
  }));
  return part;
}

function choices() {
  const select = document.querySelector("[name=building]");
  const names = held.body.buildings.map((one) => Object.assign(document.createElement("option"), { value: String(one.id), textContent: `${one.name}（${say("doors_count", { count: one.doors.length })}）` }));
  const none = Object.assign(document.createElement("option"), { value: "", textContent: select.dataset.none });
  select.replaceChildren(none, ...names);
  select.value = building;
}

async function draw() {
  document.querySelector("[data-unread]").hidden = Boolean(held);
  document.querySelector("[data-read]").hidden = !held;
  if (!held) return;
  const items = await all("items");
  const due = held.body.due.map((one) => ({ ...one, key: `due:${one.dwelling}` }));
  document.querySelector("[data-due]").replaceChildren(...due.map((one) => entry(one, items)));
  document.querySelector("[data-none]").hidden = due.length > 0;
  const chosen = held.body.buildings.find((one) => String(one.id) === building);
  const way = document.querySelector("[name=way]").value;
  const doors = (chosen?.doors ?? []).map(([dwelling, name]) => ({ dwelling, name: `${chosen.name} ${name}`, key: `stairs:${dwelling}` }));
  document.querySelector("[data-stairs]").replaceChildren(...(way === "up" ? doors.reverse() : doors).map((one) => entry(one, items)));
  fill(document, { more: held.body.is_more ? document.querySelector('[data-t="more"]').dataset.text : "" });
  asOf(held.at);
}

export async function show() {
  me = await owner();
  const take = (copy) => { held = copy; choices(); draw(); };
  document.querySelector("[name=building]").addEventListener("change", (event) => { building = event.target.value; opened = null; draw(); });
  document.querySelector("[name=way]").addEventListener("change", draw);
  await reading("doors", page.addresses.doors_read, me, take);
  await draw();
  listen(draw);
}
