// The same work in the order of a walk: by community and grid, or by distance once my position was asked for.
import { fill, made } from "./draw.js";
import { asOf, shownCards, task } from "./day.js";
import { owner } from "./frame.js";
import { metres } from "./grids.js";
import { page, say } from "./page.js";
import { reading } from "./reading.js";
import { listen } from "./telling.js";

let held = null;
let here = null;

function groups(cards) {
  const found = new Map();
  for (const card of cards) found.set(card.place, [...(found.get(card.place) ?? []), card]);
  return [...found].sort(([one], [other]) => one.localeCompare(other));
}

function near(cards) {
  const away = (card) => (card.position ? metres(here, card.position) : Infinity);
  return [...cards].sort((one, other) => away(one) - away(other)).map((card) => {
    const item = task(card);
    if (card.position) fill(item, { distance: say("metres", { count: away(card) }) });
    return item;
  });
}

async function draw() {
  if (!held) return;
  const cards = (await shownCards(held.body, held.owner)).filter((card) => !card.is_done);
  const place = document.querySelector("[data-walk]");
  const parts = here ? [["", cards]] : groups(cards);
  place.replaceChildren(...parts.map(([name, mine]) => {
    const part = made("stop", { name: name || say("by_distance"), number: say("count_open", { count: mine.length }) });
    part.querySelector("ul").replaceChildren(...(here ? near(mine) : mine.map(task)));
    return part;
  }));
  document.querySelector("[data-none]").hidden = cards.length > 0;
  asOf(held.at);
}

export async function show() {
  const me = await owner();
  const take = (copy) => { held = copy; draw(); };
  const button = document.querySelector("[data-near]");
  button.hidden = !navigator.geolocation || !window.isSecureContext;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { here = [coords.longitude, coords.latitude]; draw(); },
    () => fill(document, { near_said: say("no_position") }),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
  ));
  reading("day", page.addresses.day_read, me, take);
  listen(draw);
}
