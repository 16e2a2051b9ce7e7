// Who is signed in here and now, with the token for sending; noted for the time without a network, with the phone's clock.
//   const me = await stand(addresses);  me.verdict, me.owner, me.token
import { ask } from "./asking.js";
import { verdict } from "./rules.js";
import { correction } from "./skew.js";
import { all, change, get, put, remove } from "./store.js";

export async function stand(addresses) {
  const answer = await ask(addresses.standing);
  const meaning = verdict(answer.status, answer.body?.fault?.code);
  await put("marks", { name: "network", value: meaning, at: Date.now() });
  if (answer.found) await put("marks", { name: "skew", value: answer.found, at: Date.now() });
  if (meaning !== "done") return { verdict: meaning };
  const { owner, before = [], post, name, words, can, back_hours: back } = answer.body;
  await takeOver(before, owner);
  await put("marks", { name: "standing", value: { owner, post, name, words, can, back }, at: Date.now() });
  return { verdict: "done", offset: correction(answer.found), ...answer.body };
}

// After a redrawing of grids the same person has another post: the steps that the old one left are sent by the new one, and its drafts go on.
async function takeOver(before, owner) {
  if (!before.length) return;
  for (const item of await all("items")) {
    if (before.includes(item.owner)) await change("items", item.id, (kept) => ({ ...kept, owner }));
  }
  for (const draft of await all("drafts")) {
    if (!before.includes(draft.owner)) continue;
    const name = draft.name.replace(`|${draft.owner}`, `|${owner}`);
    if (!(await get("drafts", name))) await put("drafts", { ...draft, name, owner });
    await remove("drafts", draft.name);
  }
}

// Whoever was signed in last on this phone; null on a new one.
export async function lastStanding() {
  return (await get("marks", "standing"))?.value ?? null;
}

// The correction of the clock that is known now; null when the server was never heard, or too long ago to count.
export async function knownOffset(now = Date.now()) {
  const mark = await get("marks", "skew");
  return mark && now - mark.at < 86_400_000 && now >= mark.at ? correction(mark.value) : null;
}
