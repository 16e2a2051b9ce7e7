// The round that is being walked, on the disk step by step: what was looked at, where something was found, which reports belong to it.
//   const walk = await walkOf(owner, area);  await noteLook(owner, area, "stairs", true);
import { change, get, put, remove } from "./store.js";

const keyOf = (owner, area) => `walk|${owner}|${area}`;

export const walkOf = async (owner, area) => (await get("drafts", keyOf(owner, area))) ?? null;

export async function beginWalk(owner, area, client, at = Date.now()) {
  const walk = { name: keyOf(owner, area), owner, area, client, looked: [], found: [], reports: [], note: "", nothing: false, at, values: [], photos: [] };
  await put("drafts", walk);
  return walk;
}

export const changeWalk = (owner, area, how) => change("drafts", keyOf(owner, area), how);
export const endWalk = (owner, area) => remove("drafts", keyOf(owner, area));

// A report made while this grid is walked belongs to the round.
export async function noteReport(owner, area, key) {
  await changeWalk(owner, area, (walk) => ({ ...walk, reports: [...walk.reports, key] }));
}
