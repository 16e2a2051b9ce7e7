// The strip at the head and the number at the foot of every screen, and when the outbox is tried: on opening, when the network returns, by a timer.
//   await frame();
import { page, say } from "./page.js";
import { counts, isOpen, pause } from "./rules.js";
import { turn } from "./sending.js";
import { lastStanding, stand } from "./standing.js";
import { all, get } from "./store.js";
import { listen, tell } from "./telling.js";
import { tone } from "./draw.js";

let timer = 0;
let isQueued = false;
let failures = 0;

export async function owner() {
  return page.owner || (await lastStanding())?.owner || "";
}

// At most one turn runs and one waits in this page.
export async function send({ hurry = false } = {}) {
  if (isQueued) return;
  isQueued = true;
  const outcome = await turn(page.addresses, { hurry }).catch(() => "offline").finally(() => { isQueued = false; });
  failures = ["done", "empty"].includes(outcome) ? 0 : failures + 1;
  await plan();
}

async function plan() {
  clearTimeout(timer);
  const waiting = (await all("items")).filter((item) => item.state === "waiting");
  if (!waiting.length) return;
  const soonest = Math.min(...waiting.map((item) => item.next_at ?? 0)) - Date.now();
  timer = setTimeout(() => send(), Math.max(soonest, failures ? pause(failures) : 1_000));
}

export async function strip() {
  const [items, network, skew, me] = [await all("items"), await get("marks", "network"), await get("marks", "skew"), await owner()];
  const { mine, stuck, others } = counts(items, me);
  for (const badge of document.querySelectorAll("[data-badge]")) {
    badge.textContent = mine ? String(mine) : "";
    badge.hidden = !mine;
    badge.classList.toggle("is-stuck", stuck > 0);
  }
  await offered();
  const bar = document.querySelector("[data-strip]");
  const [name, colour] = state(network?.value, mine, stuck);
  bar.dataset.state = name;
  tone(bar, colour);
  bar.querySelector("[data-strip-text]").textContent = say(`strip_${name}`, { count: mine, stuck });
  bar.querySelector("[data-strip-sign-in]").hidden = name !== "sign_in";
  bar.querySelector("[data-strip-outbox]").hidden = !mine || page.screen === "outbox";
  bar.hidden = name === "calm";
  const clock = document.querySelector("[data-skew]");
  const off = skew && Math.abs(skew.value.offset) > Math.max(60_000, skew.value.error);
  clock.hidden = !off;
  if (off) clock.textContent = say(skew.value.offset > 0 ? "clock_slow" : "clock_fast", { minutes: Math.round(Math.abs(skew.value.offset) / 60_000) });
  document.documentElement.dataset.others = String(others);
}

// A kept screen shows only the ways that the post signed in last may go.
async function offered() {
  const can = (await lastStanding())?.can ?? {};
  for (const link of document.querySelectorAll("[data-needs]")) link.hidden = page.shell && !can[link.dataset.needs];
}

function state(network, mine, stuck) {
  if (network === "sign_in") return ["sign_in", "warn"];
  if (network === "other_post") return ["other_post", "warn"];
  if (stuck) return ["stuck", "bad"];
  if (!navigator.onLine || network === "offline") return [mine ? "offline_waiting" : "offline", "warn"];
  if (network === "later" || network === "trouble") return ["trouble", "warn"];
  return mine ? ["waiting", ""] : ["calm", ""];
}

export async function frame() {
  listen((what) => { strip(); if (what === "queued") send({ hurry: true }); });
  window.addEventListener("online", () => send({ hurry: true }).then(strip));
  window.addEventListener("offline", strip);
  window.addEventListener("pageshow", () => send({ hurry: true }));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send({ hurry: true }); });
  await strip();
  await stand(page.addresses);
  tell("stood");
  if ((await all("items")).some(isOpen)) await navigator.storage?.persist?.();
  await send({ hurry: true });
}
