// Puts a step into the outbox: on the disk first, then the screen says so, then it is sent when it can be.
//   await make({ action: "matter.verify", lane, title, about, given, wrote, saw, photos }, { owner, draft });
import { laneOf } from "./predict.js";
import { last } from "./rules.js";
import { knownOffset } from "./standing.js";
import { all, enqueue } from "./store.js";
import { tell } from "./telling.js";

export async function make(step, { owner, draft = "" }) {
  const [items, offset, now] = [await all("items"), await knownOffset(), Date.now()];
  const id = crypto.randomUUID();
  const lane = step.lane ?? `alone:${id}`;
  const before = last(items.filter((item) => item.owner === owner), lane);
  const item = {
    id, owner, lane, action: step.action, title: step.title, about: step.about ?? "", given: step.given, wrote: step.wrote ?? [], saw: step.saw ?? null,
    photos: step.photos ?? [], after: before?.id ?? null, not_before: step.saw?.last_at ?? null, at: now, offset, occurred_at: null, state: "waiting", tries: 0, next_at: 0,
  };
  await enqueue(item, { draft });
  tell("queued");
  await registerSync();
  return item;
}

export const lane = laneOf;

async function registerSync() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("linli-outbox");
  } catch {
    // A browser without Background Sync sends while a page is open.
  }
}
