// One question to the server: { status, body, etag, found }; status 0 when nothing came, too late, or from somebody else (a hotel's page).
//   const answer = await ask(addresses.standing);
import { measured } from "./skew.js";

const QUICK = 15_000;

export async function ask(address, { limit = QUICK, headers = {}, ...more } = {}) {
  const breaker = new AbortController();
  const timer = setTimeout(() => breaker.abort(), limit);
  const sent = Date.now();
  try {
    const response = await fetch(address, {
      credentials: "same-origin", cache: "no-store", redirect: "error", signal: breaker.signal, ...more, headers: { Accept: "application/json", ...headers },
    });
    const found = measured(response.headers.get("Date"), sent, Date.now());
    if (response.status === 304) return { status: 304, body: null, found };
    const isOurs = /json/.test(response.headers.get("Content-Type") ?? "");
    const body = isOurs ? await response.json() : null;
    if (!isOurs && response.status < 500) return { status: 0, body: null, found: null };
    return { status: response.status, body, found, etag: response.headers.get("ETag"), after: Number(response.headers.get("Retry-After") ?? 0) * 1000 };
  } catch {
    return { status: 0, body: null, found: null };
  } finally {
    clearTimeout(timer);
  }
}
