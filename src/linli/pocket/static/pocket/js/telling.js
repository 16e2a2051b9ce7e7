// Tells the other tabs and the service worker that something changed:
//   tell(); listen(() => show());
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("linli-pocket") : null;
const near = new Set();

export function tell(what = "changed") {
  channel?.postMessage(what);
  for (const heard of near) heard(what);
}

export function listen(heard) {
  near.add(heard);
  channel?.addEventListener("message", (event) => heard(event.data));
}
