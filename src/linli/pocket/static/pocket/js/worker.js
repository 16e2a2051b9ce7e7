// The service worker: keeps the screens and their files, answers by them when there is no network, and sends the outbox when it returns.
//   start({ edition, files, screens, root, addresses });
import { turn } from "./sending.js";

const PATIENCE = 6_000;
const PICTURES = "linli-pocket-pictures";

export function start({ edition, files, screens, root, addresses }) {
  const KEPT = `linli-pocket-${edition}`;

  const keepScreens = async () => (await caches.open(KEPT)).addAll(Object.values(screens).map((address) => new Request(address, { cache: "reload" })));

  async function keepAll() {
    const cache = await caches.open(KEPT);
    await cache.addAll(files);
    await keepScreens();
  }

  async function forgetOld() {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("linli-pocket-") && name !== KEPT && name !== PICTURES).map((name) => caches.delete(name)));
    await self.clients.claim();
  }

  const screenOf = (path) => {
    const name = path.slice(root.length).split("/")[0] || "day";
    return screens[name] ?? null;
  };

  // The network first; the kept screen when it does not answer in time or is in trouble.
  async function screen(event, address) {
    const cached = await caches.match(address);
    try {
      const breaker = new AbortController();
      const timer = cached ? setTimeout(() => breaker.abort(), PATIENCE) : 0;
      const answer = await fetch(event.request, { signal: breaker.signal });
      clearTimeout(timer);
      const look = answer.headers.get("X-Linli-Look");
      if (cached && look && look !== cached.headers.get("X-Linli-Look")) event.waitUntil(keepScreens().catch(() => null));
      return answer.status >= 500 && cached ? cached : answer;
    } catch {
      return cached ?? Response.error();
    }
  }

  async function picture(request) {
    const cached = await caches.match(request);
    if (cached) return cached;
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(PICTURES)).put(request, answer.clone());
    return answer;
  }

  self.addEventListener("install", (event) => { event.waitUntil(keepAll().then(() => self.skipWaiting())); });
  self.addEventListener("activate", (event) => { event.waitUntil(forgetOld()); });
  self.addEventListener("message", (event) => { if (event.data === "refresh") event.waitUntil(keepScreens().catch(() => null)); });
  self.addEventListener("sync", (event) => { if (event.tag === "linli-outbox") event.waitUntil(turn(addresses)); });
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) return;
    const address = request.mode === "navigate" && pathname.startsWith(root) ? screenOf(pathname) : null;
    if (address) event.respondWith(screen(event, address));
    else if (files.includes(pathname)) event.respondWith(caches.match(request).then((cached) => cached ?? fetch(request)));
    else if (pathname.startsWith("/evidence/") && request.destination === "image") event.respondWith(picture(request));
  });
}
