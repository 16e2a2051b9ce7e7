// The outbox: what waits, what was sent, what came back; each with its words, its time and what can be done with it.
import { made, fill, tone } from "./draw.js";
import { conflict, refusal } from "./mending.js";
import { owner, send } from "./frame.js";
import { clockText } from "./limits.js";
import { say } from "./page.js";
import { blocker, counts, isOpen, ordered } from "./rules.js";
import { all, settle } from "./store.js";
import { listen, tell } from "./telling.js";

let me = "";
const TONES = { waiting: "", sent: "good", refused: "bad", conflict: "warn" };

function words(item, items) {
  const held = blocker(item, items);
  if (item.state === "sent") return say("sent_at", { time: clockText(item.ended_at), number: item.answer?.number ?? "" });
  if (item.state !== "waiting") return say(`state_${item.state}`);
  if (held) return say("behind", { title: held.title });
  return item.trouble ? say(`tried_${item.trouble}`, { tries: item.tries }) : say("state_waiting");
}

function entry(item, items) {
  const part = made("entry", { title: item.title, about: item.about, when: say("happened", { time: clockText(item.at) }), state: words(item, items),
    photos: item.photos.length && item.state !== "sent" ? say("with_photos", { count: item.photos.length }) : "" });
  part.dataset.item = item.id;
  part.dataset.state = item.state;
  tone(part.querySelector('[data-t="state"]'), TONES[item.state]);
  part.querySelector("[data-wrote]").replaceChildren(...item.wrote.map(([name, value]) => made("fact", { name, value })));
  const more = part.querySelector("[data-more]");
  if (item.state === "refused") more.append(refusal(item, mended));
  if (item.state === "conflict") more.append(conflict(item, mended));
  if (item.state === "waiting") more.append(dropping(item));
  return part;
}

// Before it was ever sent a step can be taken back; afterwards only the server knows whether it arrived.
function dropping(item) {
  if (item.was_sent || item.occurred_at) return document.createTextNode("");
  const button = made("quiet", { text: say("take_back") });
  button.addEventListener("click", async () => {
    if (!window.confirm(say("take_back_sure"))) return;
    await settle(item.id, (kept) => (kept.occurred_at ? kept : { ...kept, state: "dropped", ended_at: Date.now() }));
    mended();
  });
  return button;
}

function mended() {
  tell();
  send({ hurry: true });
}

async function draw() {
  if (document.activeElement?.matches("textarea, [data-more] input, [data-more] select")) return;
  const items = await all("items");
  const mine = ordered(items).filter((item) => item.owner === me);
  const put = (name, found) => {
    const part = document.querySelector(`[data-part="${name}"]`);
    part.hidden = !found.length;
    part.querySelector("ul").replaceChildren(...found.map((item) => entry(item, items)));
  };
  put("back", mine.filter((item) => ["refused", "conflict"].includes(item.state)));
  put("waiting", mine.filter((item) => item.state === "waiting"));
  put("sent", mine.filter((item) => item.state === "sent").reverse().slice(0, 20));
  document.querySelector("[data-none]").hidden = mine.some(isOpen);
  const { others } = counts(items, me);
  fill(document, { others: others ? say("others", { count: others }) : "" });
}

export async function show() {
  me = await owner();
  document.querySelector("[data-send]").addEventListener("click", () => send({ hurry: true }));
  listen(draw);
  await draw();
}

