// One turn of the outbox: everything that may go is sent, one step after another, each under its own key; every answer is noted before the next.
//   await turn(addresses, { hurry: true });
import { ask } from "./asking.js";
import { alone } from "./lock.js";
import { body, next, over, pause, verdict } from "./rules.js";
import { happened } from "./skew.js";
import { stand } from "./standing.js";
import { all, change, get, put, remove, settle } from "./store.js";
import { tell } from "./telling.js";

const LONG = 90_000;
const STOPS = new Set(["offline", "sign_in", "other_post", "later"]);

export function turn(addresses, { hurry = false } = {}) {
  return alone("linli-outbox", async () => {
    const waiting = (await all("items")).some((item) => item.state === "waiting");
    if (!waiting) return "empty";
    let me = await stand(addresses);
    const skip = new Set();
    let renewed = false;
    while (me.verdict === "done") {
      const items = await all("items");
      const item = next(items, me.owner, Date.now(), { hurry, skip });
      if (!item) break;
      const outcome = await sendOne(addresses, me, item, items);
      tell();
      if (outcome === "token" && !renewed) {
        renewed = true;
        me = await stand(addresses);
        continue;
      }
      if (STOPS.has(outcome)) break;
      if (outcome !== "done") skip.add(item.id);
    }
    await remove("items", ...over(await all("items"), Date.now()).map((item) => item.id));
    tell();
    return me.verdict;
  });
}

async function sendOne(addresses, me, item, items) {
  const frozen = item.occurred_at ? item : await change("items", item.id, (kept) => ({ ...kept, occurred_at: happened(kept, items, me.offset) }));
  const headers = { "X-CSRFToken": me.token, "X-Linli-Post": String(me.post) };
  const trouble = await sendPhotos(addresses, headers, frozen);
  if (trouble) return note(addresses, frozen, trouble);
  const photos = await Promise.all(frozen.photos.map((id) => get("photos", id)));
  const answer = await ask(addresses.send.replace("ACTION", frozen.action), {
    method: "POST", limit: LONG, headers: { ...headers, "Content-Type": "application/json", "Idempotency-Key": `pocket-${frozen.id}` },
    body: JSON.stringify(body(frozen, items, photos.filter(Boolean))),
  });
  return note(addresses, frozen, answer);
}

// Photos go first, each once; its number is on the disk before the step that needs it is sent. Answers the first answer that is no success.
async function sendPhotos(addresses, headers, item) {
  for (const id of item.photos) {
    const photo = await get("photos", id);
    if (!photo || photo.number) continue;
    const form = new FormData();
    form.append("file", photo.blob, photo.name);
    const answer = await ask(addresses.photo, { method: "POST", limit: LONG, headers: { ...headers, "Idempotency-Key": `photo-${photo.key ?? id}` }, body: form });
    if (verdict(answer.status) !== "done") return answer;
    await change("photos", id, (kept) => ({ ...kept, number: answer.body.id }));
  }
  return null;
}

async function note(addresses, item, answer) {
  const fault = answer.body?.fault ?? null;
  const answered = verdict(answer.status, fault?.code);
  const meaning = answered === "conflict" && !item.given.number ? "refused" : answered; // without a matter there is nothing to compare
  const now = Date.now();
  if (meaning === "done") {
    await settle(item.id, (kept) => ({ ...kept, state: "sent", answer: answer.body, ended_at: now, fault: null }));
  } else if (meaning === "conflict" || meaning === "refused") {
    const present = meaning === "conflict" ? await presentState(addresses, item) : null;
    await change("items", item.id, (kept) => ({ ...kept, state: meaning, fault: { ...fault, status: answer.status }, now: present, tries: (kept.tries ?? 0) + 1 }));
  } else if (meaning === "later" || meaning === "trouble" || meaning === "offline") {
    const tries = (item.tries ?? 0) + 1;
    await change("items", item.id, (kept) => ({ ...kept, tries, next_at: now + pause(tries, answer.after ?? 0), trouble: meaning, was_sent: true }));
  }
  if (meaning !== "done") await put("marks", { name: "network", value: meaning === "refused" || meaning === "conflict" ? "done" : meaning, at: now });
  return meaning;
}

// How the matter of a conflict stands now; null when that cannot be read.
export async function presentState(addresses, item) {
  if (!item.given.number) return null;
  const answer = await ask(addresses.matter_read.replace("NUMBER", item.given.number));
  return verdict(answer.status) === "done" ? answer.body : null;
}
