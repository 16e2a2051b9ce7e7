// Only one tab, or the service worker, sends at a time.
//   await alone("linli-outbox", async () => { … });
import { change, get, put } from "./store.js";

const LEASE = 45_000;
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

export async function alone(name, work) {
  if (globalThis.navigator?.locks) return navigator.locks.request(name, work);
  return leased(name, work);
}

// Where the browser has no locks: a lease in the database, which another may take over when it has run out.
async function leased(name, work) {
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  if (!(await get("marks", name))) await put("marks", { name, holder: "", until: 0 });
  for (;;) {
    const held = await change("marks", name, (mark) => (mark.until > Date.now() && mark.holder !== me ? null : { name, holder: me, until: Date.now() + LEASE }));
    if (held?.holder === me) break;
    await wait(1_000);
  }
  const renewing = setInterval(() => { put("marks", { name, holder: me, until: Date.now() + LEASE }); }, LEASE / 3);
  try {
    return await work();
  } finally {
    clearInterval(renewing);
    await put("marks", { name, holder: "", until: 0 });
  }
}
