// My round: begin, look through the list, report what is found, end. Each press is on the phone before it shows.
import { announce, fill, made } from "./draw.js";
import { owner } from "./frame.js";
import { clockText } from "./limits.js";
import { make } from "./making.js";
import { page, say } from "./page.js";
import { reading } from "./reading.js";
import { all } from "./store.js";
import { listen } from "./telling.js";
import { beginWalk, changeWalk, endWalk, walkOf } from "./walking.js";

let held = null;
let me = "";
const laneOf = (client) => `round:${client}`;

async function begin(grid) {
  const client = crypto.randomUUID();
  await beginWalk(me, grid.area, client);
  await make({ action: "round.begin", lane: laneOf(client), title: say("round_begin"), about: grid.name, given: { area: grid.area, client }, wrote: [[say("place"), grid.name]] }, { owner: me });
  await draw();
}

// A round that this post began on another phone goes on here; its end may still wait in the outbox of this one.
function openElsewhere(grid, items) {
  const isEnding = (item) => item.action === "round.end" && item.given.client === grid.open.client && item.state !== "dropped";
  return grid.open && !items.some(isEnding) ? grid.open : null;
}

async function goOn(grid) {
  await beginWalk(me, grid.area, grid.open.client, Date.parse(grid.open.at));
  await draw();
}

async function end(grid, walk, form) {
  const fault = form.querySelector("[data-fault]");
  const wrong = !walk.looked.length ? "round_look_first" : !walk.found.length && !walk.reports.length && !walk.nothing ? "round_say_nothing" : "";
  fault.hidden = !wrong;
  fault.textContent = wrong ? say(wrong) : "";
  if (wrong) return announce(say(wrong));
  const note = form.querySelector("[name=note]").value.trim();
  const given = { client: walk.client, looked: walk.looked, found: walk.found, nothing_found: walk.nothing && !walk.found.length };
  if (walk.reports.length) given.reports = walk.reports.join(",");
  if (note) given.note = note;
  const names = (codes) => codes.map((code) => grid.checklist.find((item) => item.code === code)?.text ?? code).join("、");
  const wrote = [[say("looked"), names(walk.looked)], [say("found"), names(walk.found)], [say("words"), note, "note"]].filter((pair) => pair[1]);
  await make({ action: "round.end", lane: laneOf(walk.client), title: say("round_end"), about: grid.name, given, wrote }, { owner: me });
  await endWalk(me, grid.area);
  await draw();
  const said = document.querySelector("[data-kept]");
  said.hidden = false;
  said.focus();
}

// Both boxes of one line of the list: looked at, and something found there (which is looked at too).
async function tick(grid, code, name, isOn) {
  await changeWalk(me, grid.area, (walk) => {
    const [looked, found] = [new Set(walk.looked), new Set(walk.found)];
    const mine = name === "found" ? found : looked;
    if (isOn) mine.add(code); else mine.delete(code);
    if (name === "found" && isOn) looked.add(code);
    if (name === "looked" && !isOn) found.delete(code);
    return { ...walk, looked: [...looked], found: [...found] };
  });
  await draw();
}

function line(grid, walk, item) {
  const part = made("look", { text: item.text });
  for (const name of ["looked", "found"]) {
    const box = part.querySelector(`[name=${name}]`);
    box.checked = walk[name].includes(item.code);
    box.setAttribute("aria-label", say(`${name}_of`, { text: item.text }));
    box.addEventListener("change", () => tick(grid, item.code, name, box.checked));
  }
  part.dataset.code = item.code;
  return part;
}

async function drawGrid(grid, items) {
  const walk = await walkOf(me, grid.area);
  const part = made("grid", { name: grid.name, as: grid.as, state: walk ? say("round_since", { time: clockText(walk.at) }) : grid.state });
  part.dataset.area = grid.area;
  const open = walk ? null : openElsewhere(grid, items);
  part.querySelector("[data-go-on]").hidden = !open;
  part.querySelector("[data-go-on]").addEventListener("click", () => goOn(grid));
  part.querySelector("[data-begin]").hidden = Boolean(walk || open);
  part.querySelector("[data-begin]").addEventListener("click", () => begin(grid));
  const form = part.querySelector("form");
  form.hidden = !walk;
  const waits = items.filter((item) => item.owner === me && item.about === grid.name && item.action.startsWith("round.") && item.state === "waiting").length;
  fill(part, { pending: waits ? say("pending", { count: waits }) : "" });
  if (!walk) return part;
  part.querySelector("[data-lines]").replaceChildren(...grid.checklist.map((item) => line(grid, walk, item)));
  part.querySelector("[data-report-here]").href = `${page.addresses.report}?area=${grid.area}`;
  fill(part, { progress: say("round_progress", { done: walk.looked.length, of: grid.checklist.length, reports: walk.reports.length }) });
  const nothing = form.querySelector("[name=nothing]");
  nothing.checked = walk.nothing;
  nothing.addEventListener("change", () => changeWalk(me, grid.area, (kept) => ({ ...kept, nothing: nothing.checked })));
  const note = form.querySelector("[name=note]");
  note.value = walk.note;
  note.addEventListener("change", () => changeWalk(me, grid.area, (kept) => ({ ...kept, note: note.value })));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await changeWalk(me, grid.area, (kept) => ({ ...kept, note: note.value }));
    await end(grid, await walkOf(me, grid.area), form);
  });
  return part;
}

async function draw() {
  const walk = held?.body.walk;
  document.querySelector("[data-unread]").hidden = Boolean(held);
  if (!held) return;
  const items = await all("items");
  const focused = document.activeElement?.closest("[data-code]")?.dataset.code;
  const focusedName = document.activeElement?.name;
  const grids = await Promise.all((walk?.grids ?? []).map((grid) => drawGrid(grid, items)));
  document.querySelector("[data-walks]").replaceChildren(...grids);
  if (focused) document.querySelector(`[data-code="${CSS.escape(focused)}"] [name="${focusedName}"]`)?.focus();
  document.querySelector("[data-none]").hidden = grids.length > 0;
  fill(document, { windows: walk?.windows ?? "" });
  document.querySelector("[data-as-of]").textContent = say("as_of", { time: clockText(held.at) });
}

export async function show() {
  me = await owner();
  reading("day", page.addresses.day_read, me, (copy) => { held = copy; draw(); });
  await draw();
  listen((what) => { if (what !== "changed" || !document.activeElement?.matches("textarea")) draw(); });
}
