// Asks every two seconds whether a part of the page has changed and puts the new part in its place:
//   <div data-pulse="/desk/results/pulse" data-stamp="48211">…</div>
// The server answers 304 while the stamp is the same, otherwise the inside anew and the stamp as ETag.
// What carries data-mark="name" and reads differently afterwards is lit up for a moment. Rests while the page is hidden.
import { fresh } from "./bound.js";

const EVERY = 2000;
const LONGEST = 30000;

function marks(element) {
  return new Map([...element.querySelectorAll("[data-mark]")].map((one) => [one.dataset.mark, one.textContent.trim()]));
}

function swap(element, html) {
  const before = marks(element);
  const template = document.createElement("template");
  template.innerHTML = html;
  element.replaceChildren(template.content);
  for (const one of element.querySelectorAll("[data-mark]")) {
    if (before.has(one.dataset.mark) && before.get(one.dataset.mark) !== one.textContent.trim()) one.classList.add("has-changed");
  }
  element.dispatchEvent(new Event("linli:changed", { bubbles: true }));
}

async function ask(element) {
  const stamp = element.dataset.stamp ?? "";
  const headers = { Accept: "text/html", "If-None-Match": `"${stamp}"`, "X-Linli-Stamp": stamp };
  const answer = await fetch(element.dataset.pulse, { headers, cache: "no-store", credentials: "same-origin", redirect: "error" });
  if (answer.status === 304 || answer.status === 204) return;
  if (!answer.ok) throw new Error(`${answer.status}`);
  element.dataset.stamp = (answer.headers.get("ETag") ?? "").replace(/^W\//, "").replaceAll('"', "");
  swap(element, await answer.text());
}

export function bind(part) {
  for (const element of fresh(part, "data-pulse")) {
    let wait = EVERY;
    const beat = async () => {
      if (!element.isConnected) return;
      if (!document.hidden) {
        try {
          await ask(element);
          wait = EVERY;
        } catch {
          wait = Math.min(wait * 2, LONGEST);
        }
      }
      setTimeout(beat, wait);
    };
    setTimeout(beat, wait);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && element.isConnected) ask(element).catch(() => {}); });
  }
}
