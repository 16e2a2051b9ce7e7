// What can be done with a step that came back: mend its words, send it on what is there now, or let it go.
//   more.append(conflict(item, () => …), refusal(item, () => …));
import { compared, mayStand } from "./compare.js";
import { fill, made } from "./draw.js";
import * as duty from "./duty-choice.js";
import { clockText } from "./limits.js";
import { page, say } from "./page.js";
import { presentState } from "./sending.js";
import { all, change, put, settle } from "./store.js";

const WORDS = ["summary", "address", "note", "no_photo_reason"];
const shown = (name, value) => (name === "due_at" && value ? clockText(value) : value);

function buttons(part, choices) {
  part.querySelector("[data-choices]").replaceChildren(...choices.filter(Boolean).map(([text, act, kind]) => {
    const button = made(kind ?? "plain", { text });
    button.addEventListener("click", act);
    return button;
  }));
}

// The words of the step as fields; `typed` reads them back.
function fields(part, item) {
  const place = part.querySelector("[data-fields]");
  const names = WORDS.filter((name) => item.given[name] !== undefined || item.fault?.fields?.[name]);
  place.replaceChildren(...names.map((name) => {
    const field = made("mend", { label: say(name), fault: item.fault?.fields?.[name] ?? "" });
    const input = field.querySelector("textarea");
    Object.assign(input, { value: item.given[name] ?? "", name: `mend.${name}` });
    return field;
  }));
  return () => Object.fromEntries(names.map((name) => [name, place.querySelector(`[name="mend.${name}"]`).value.trim()]).filter(([, value]) => value));
}

// The same step under the same key: it was refused, so nothing was done under it.
function again(item, typed, more = {}) {
  return change("items", item.id, (kept) => {
    const given = { ...Object.fromEntries(Object.entries(kept.given).filter(([name]) => !WORDS.includes(name))), ...typed(), ...(more.given ?? {}) };
    const wrote = kept.wrote.map(([label, value, name]) => [label, WORDS.includes(name) ? given[name] ?? "" : value, name]);
    return { ...kept, ...more, given, wrote, state: "waiting", fault: null, next_at: 0, trouble: null };
  });
}

async function drop(item, mended) {
  if (!window.confirm(say("drop_sure"))) return;
  await settle(item.id, (kept) => ({ ...kept, state: "dropped", ended_at: Date.now() }));
  mended();
}

// An upload that the server no longer holds is made anew, under a new key.
async function freshPhotos(item) {
  if (!item.fault?.fields?.evidence) return;
  for (const photo of (await all("photos")).filter((one) => item.photos.includes(one.id))) {
    await put("photos", { ...photo, number: null, key: `${photo.id}-${item.tries ?? 1}` });
  }
}

export function refusal(item, mended) {
  const part = made("refusal", { message: item.fault?.message ?? say("no_sentence"), remedy: item.fault?.remedy ?? "" });
  const others = Object.entries(item.fault?.fields ?? {}).filter(([name]) => !WORDS.includes(name) && !(name === "duty" && duty.missing(item)));
  part.querySelector("[data-faults]").replaceChildren(...others.map(([, text]) => made("fault-line", { text })));
  const typed = fields(part, item);
  if (duty.missing(item)) part.querySelector("[data-fields]").prepend(duty.again(item, () => presentState(page.addresses, item)));
  const resend = async (more) => { await freshPhotos(item); await again(item, typed, more); mended(); };
  buttons(part, [
    item.fault?.fields?.occurred_at && [say("send_with_now"), () => resend({ at: Date.now(), offset: null, occurred_at: null, first_at: item.first_at ?? item.at }), "strong"],
    [say("send_again"), () => resend({}), item.fault?.fields?.occurred_at ? "plain" : "strong"],
    [say("drop"), () => drop(item, mended), "quiet"],
  ]);
  return part;
}

export function conflict(item, mended) {
  const part = made("conflict", { message: item.fault?.message ?? "", remedy: item.fault?.remedy ?? "" });
  part.querySelector("[data-rows]").replaceChildren(...compared(item.saw, item.wrote, item.now).map((row) => {
    const line = made("versions", { name: row.wrote ? row.name : say(`field_${row.name}`) });
    fill(line, Object.fromEntries(["saw", "wrote", "now"].map((name) => [name, shown(row.name, row[name])])));
    for (const name of ["saw", "wrote", "now"]) line.querySelector(`[data-row="${name}"]`).hidden = !row[name];
    return line;
  }));
  const stands = mayStand(item, item.now);
  fill(part, { verdict: item.now ? say(stands ? "may_stand" : "may_not_stand", { phase: item.now.phase_text }) : say("present_unknown") });
  const typed = stands ? fields(part, item) : () => ({});
  // The decision is made now, after the other's step: this is when it happens.
  const stand = async () => {
    await again(item, typed, { given: { version: item.now.version }, after: null, at: Date.now(), offset: null, occurred_at: null, not_before: item.now.last_at, saw: item.now, first_at: item.first_at ?? item.at });
    mended();
  };
  const look = async () => { const now = await presentState(page.addresses, item); await change("items", item.id, (kept) => ({ ...kept, now: now ?? kept.now })); mended(); };
  buttons(part, [stands && [say("send_on_present"), stand, "strong"], [say("keep_theirs"), () => drop(item, mended), stands ? "plain" : "strong"], [say("look_again"), look, "quiet"]]);
  return part;
}
