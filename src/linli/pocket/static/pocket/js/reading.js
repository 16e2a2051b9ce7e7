// A copy of what the server says, kept for the time without a network: first the kept one, then the fresh one.
//   await reading("day", page.addresses.day_read, owner, (copy) => show(copy.body, copy.at));
import { ask } from "./asking.js";
import { all, get, put, remove } from "./store.js";

export const nameOf = (name, owner) => `${name}|${owner}|${document.documentElement.lang}`;

export async function kept(name, owner) {
  return (await get("copies", nameOf(name, owner))) ?? null;
}

export async function reading(name, address, owner, show) {
  const copy = owner ? await kept(name, owner) : null;
  if (copy) show(copy);
  const answer = await ask(address, { headers: copy?.etag ? { "If-None-Match": copy.etag } : {} });
  const at = Date.now();
  if (answer.status === 304) {
    const same = { ...copy, at };
    await put("copies", same);
    show(same);
    return same;
  }
  if (answer.status !== 200 || !answer.body.owner) return copy;
  const fresh = { name: nameOf(name, answer.body.owner), owner: answer.body.owner, body: answer.body, etag: answer.etag, at };
  await put("copies", fresh);
  show(fresh);
  return fresh;
}

// Everything that was read for a post leaves the phone when its person signs out.
export async function forget(owner) {
  const names = (await all("copies")).filter((copy) => copy.owner === owner).map((copy) => copy.name);
  await remove("copies", ...names);
  await globalThis.caches?.delete("linli-pocket-pictures");
}
