// Mine: type and theme, what this phone keeps, and signing out, which warns while something waits.
import { fill } from "./draw.js";
import { owner, send } from "./frame.js";
import { page, say } from "./page.js";
import { counts } from "./rules.js";
import { lastStanding, stand } from "./standing.js";
import { all, get } from "./store.js";
import { setLook, tellLook } from "./look.js";
import { listen } from "./telling.js";
import { forget } from "./reading.js";

async function facts() {
  const [me, skew, items, photos, last] = [await lastStanding(), await get("marks", "skew"), await all("items"), await all("photos"), await owner()];
  const { mine, others } = counts(items, last);
  const isSafe = await navigator.storage?.persisted?.();
  const seconds = skew ? Math.round(skew.value.offset / 1000) : null;
  fill(document, {
    who: me ? me.name : say("unknown"), post: me ? me.words : "", kept: say("kept_here", { count: mine, photos: photos.length }),
    others: others ? say("others", { count: others }) : "", safe: say(isSafe ? "storage_safe" : "storage_unsure"),
    clock: seconds === null ? say("clock_unknown") : Math.abs(skew.value.offset) <= skew.value.error ? say("clock_right") : say("clock_off", { seconds: Math.abs(seconds), way: say(seconds > 0 ? "slow" : "fast") }),
  });
  document.querySelector("[data-leave-warning]").hidden = mine === 0;
  fill(document, { leave_warning: say("leave_warning", { count: mine }) });
}

async function leave(event) {
  event.preventDefault();
  const last = await owner();
  await send({ hurry: true });
  const { mine } = counts(await all("items"), last);
  if (mine && !window.confirm(say("leave_sure", { count: mine }))) return;
  const me = await stand(page.addresses);
  if (me.verdict === "done") {
    await fetch(page.addresses.sign_out, { method: "POST", credentials: "same-origin", redirect: "manual", body: new URLSearchParams({ csrfmiddlewaretoken: me.token }) }).catch(() => null);
  } else if (me.verdict !== "sign_in") {
    fill(document, { leave_said: say("leave_offline") });
    return;
  }
  await forget(last);
  location.assign(page.addresses.sign_in);
}

export async function show() {
  for (const button of document.querySelectorAll("[data-look]")) {
    button.addEventListener("click", async () => {
      setLook(button.dataset.look, button.value);
      press();
      const me = await stand(page.addresses);
      if (me.verdict === "done") await tellLook(me.token, button.dataset.look, button.value);
    });
  }
  document.querySelector("[data-leave]").addEventListener("submit", leave);
  document.querySelector("[data-persist]").addEventListener("click", async () => { await navigator.storage?.persist?.(); facts(); });
  press();
  listen(facts);
  await facts();
}

function press() {
  const root = document.documentElement.dataset;
  const now = { theme: root.theme ?? "system", type: root.type ?? "normal" };
  for (const button of document.querySelectorAll("[data-look]")) button.setAttribute("aria-pressed", String(now[button.dataset.look] === button.value));
}
