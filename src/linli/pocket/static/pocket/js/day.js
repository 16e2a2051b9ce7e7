// My day: what waits, in the order the server gave it; what is done and not yet sent goes last and says so.
import { fill, made, tone } from "./draw.js";
import { owner } from "./frame.js";
import { clockText, dueText } from "./limits.js";
import { page, say } from "./page.js";
import { predicted } from "./predict.js";
import { reading } from "./reading.js";
import { all } from "./store.js";
import { listen } from "./telling.js";

export const STALE = 4 * 3_600_000;
let held = null;

export function asOf(at, place = document) {
  const line = place.querySelector("[data-as-of]");
  const isStale = Date.now() - at > STALE;
  line.textContent = say(isStale ? "as_of_stale" : "as_of", { time: clockText(at) });
  tone(line, isStale ? "warn" : "");
}

export function task(card) {
  const due = dueText(card.due_at, Date.now(), say);
  const item = made("task", { category: card.category, summary: card.summary, where: [card.place, card.address].filter(Boolean).join("　"), ask: card.ask, due: due.text });
  item.querySelector("a").href = page.addresses.matter.replace("LL0", card.number);
  item.dataset.number = card.number;
  tone(item.querySelector('[data-t="due"]'), due.tone);
  const why = item.querySelector("[data-why]");
  why.replaceChildren(...card.why.map((text) => made("why", { text })));
  if (card.pending.length) fill(item, { pending: say("pending", { count: card.pending.length }) });
  item.classList.toggle("is-done", card.is_done);
  return item;
}

// The cards with what waits in the outbox worked in: done ones last.
export async function shownCards(body, me) {
  const items = await all("items");
  const cards = body.cards.map((card) => predicted(card, items, me));
  return [...cards.filter((card) => !card.is_done), ...cards.filter((card) => card.is_done && card.pending.length)];
}

async function draw() {
  if (!held) return;
  const cards = await shownCards(held.body, held.owner);
  const open = cards.filter((card) => !card.is_done);
  document.querySelector("[data-tasks]").replaceChildren(...cards.map(task));
  document.querySelector("[data-none]").hidden = open.length > 0;
  document.querySelector("[data-unread]").hidden = true;
  fill(document, { count: say("count_open", { count: open.length }), at_desk: held.body.at_desk ? say("at_desk", { count: held.body.at_desk }) : "", walk: held.body.walk?.line ?? "" });
  document.querySelector("[data-walk-line]").hidden = !held.body.walk?.line;
  asOf(held.at);
}

export async function show() {
  const me = await owner();
  const take = (copy) => {
    if (!page.shell && copy.at < performance.timeOrigin) return;
    held = copy;
    draw();
  };
  document.querySelector("[data-unread]").hidden = !page.shell;
  reading("day", page.addresses.day_read, me, take).then((copy) => {
    if (copy && !held) { held = copy; draw(); }
  });
  reading("ground", page.addresses.ground_read, me, () => {});
  listen((what) => {
    draw();
    if (what === "stood" || what === "online") reading("day", page.addresses.day_read, held?.owner ?? me, take);
  });
}
