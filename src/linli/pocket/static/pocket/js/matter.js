// One matter on site: what was found and done, and the forms of what I can do; each works without a network.
import { announce, fill, made, tone } from "./draw.js";
import { keepDraft } from "./drafts.js";
import { offer } from "./duty-choice.js";
import { owner } from "./frame.js";
import { clockText, dueText } from "./limits.js";
import { lane, make } from "./making.js";
import { page, say } from "./page.js";
import { Photos } from "./photos.js";
import { predicted } from "./predict.js";
import { kept, reading } from "./reading.js";
import { all } from "./store.js";
import { listen } from "./telling.js";

const number = decodeURIComponent(location.pathname.split("/matter/")[1]?.split("/")[0] ?? "");
let held = null;
let me = "";

async function now() {
  return held && predicted(held.body, await all("items"), me);
}

function entry(step) {
  const part = made("step", { title: step.title, when: clockText(step.at), who: step.who, text: step.text });
  part.querySelector(".photos").replaceChildren(...step.photos.map((photo, place) => {
    const item = made("picture");
    item.querySelector("a").href = photo.href;
    Object.assign(item.querySelector("img"), { src: photo.thumb, alt: say("photo_of", { title: step.title, number: place + 1 }) });
    return item;
  }));
  return part;
}

async function draw() {
  const card = await now();
  document.querySelector("[data-unread]").hidden = Boolean(card);
  if (!card) return;
  const due = dueText(card.due_at, Date.now(), say);
  fill(document.querySelector("[data-card]"), {
    category: card.category, number: card.number, summary: card.summary, place: card.place, address: card.address, phase: card.phase_text, due: due.text, source: card.source,
    own: card.own.map((pair) => pair.join("：")).join("；"),
  });
  document.querySelector("[data-card]").hidden = false;
  tone(document.querySelector('[data-card] [data-t="due"]'), due.tone);
  document.querySelector("[data-why]").replaceChildren(...card.why.map((text) => made("why", { text })));
  const way = document.querySelector("[data-way]");
  way.hidden = !card.position;
  if (card.position) way.href = `geo:${card.position[1]},${card.position[0]}?q=${card.position[1]},${card.position[0]}`;
  document.querySelector("[data-steps]").replaceChildren(...[...card.steps].reverse().map(entry));
  document.querySelector("[data-as-of]").textContent = say("as_of", { time: clockText(held.at) });
  drawMoves(card);
}

function drawMoves(card) {
  for (const part of document.querySelectorAll("[data-move]")) part.hidden = !card.moves.includes(part.dataset.move);
  const reasons = document.querySelector("[data-reasons]");
  if (reasons && !reasons.childElementCount) {
    reasons.replaceChildren(...card.reasons.map(([value, text]) => {
      const choice = made("choice", { text });
      Object.assign(choice.querySelector("input"), { name: "reason", value, required: true });
      return choice;
    }));
  }
  offer(document.querySelector("[data-duties]"), card);
  const needed = document.querySelector("[data-photos-needed]");
  if (needed) needed.textContent = card.photos_needed ? say("photos_needed", { count: card.photos_needed }) : say("photos_free");
  const pending = document.querySelector("[data-pending]");
  pending.hidden = !card.pending.length;
  fill(pending, { pending: card.pending.map((item) => item.title).join("、") });
  document.querySelector("[data-nothing]").hidden = card.moves.length > 0 || card.pending.length > 0;
}

function written(form) {
  const label = (name) => form.querySelector(`[data-label="${name}"]`)?.textContent.trim() ?? name;
  const shown = (name) => form.querySelector(`[name="${name}"]:checked`)?.closest("label")?.textContent.trim();
  return [...new FormData(form)].filter(([, value]) => typeof value === "string" && value).map(([name, value]) => [label(name), shown(name) ?? value, name]);
}

async function send(form, action, photos, draft) {
  const card = await now();
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim()));
  if (given.passed) given.passed = given.passed === "yes";
  if (action === "matter.verify" && given.passed === false && !given.note) return refuse(form, "note", say("failed_needs_words"));
  if (action === "matter.reply" && photos.ids.length < card.photos_needed && !given.no_photo_reason) return refuse(form, "no_photo_reason", say("photos_needed", { count: card.photos_needed }));
  draft.close();
  const { pending, is_done: isDone, ...saw } = card;
  await make({
    action, lane: lane(number), title: form.dataset.title, about: [card.category, card.place].join("　"), given: { ...given, number, version: card.version },
    wrote: written(form), saw, photos: photos?.ids ?? [],
  }, { owner: me, draft: draft.name });
  form.reset();
  await photos?.clear();
  draft.begin();
  const said = document.querySelector("[data-kept]");
  said.hidden = false;
  said.focus();
  announce(say("kept"));
  await draw();
}

function refuse(form, name, text) {
  const field = form.querySelector(`[name="${name}"]`);
  const fault = form.querySelector(`[data-fault="${name}"]`);
  field.setAttribute("aria-invalid", "true");
  fault.textContent = text;
  fault.hidden = false;
  field.closest("details")?.setAttribute("open", "");
  field.focus();
}

async function bind(part) {
  const [form, action] = [part.querySelector("form"), part.dataset.move];
  const place = form.querySelector("[data-photos]");
  const photos = place ? new Photos(place, () => {}) : null;
  const draft = await keepDraft(form, `${number}.${action}`, me, photos);
  if (draft.had) part.querySelector("details")?.setAttribute("open", "");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, action, photos, draft);
  });
}

export async function show() {
  me = await owner();
  const day = await kept("day", me);
  const fromDay = day?.body.cards.find((card) => card.number === number);
  if (page.card) held = { body: page.card, at: Date.now(), owner: me };
  else held = (await kept(`matter.${number}`, me)) ?? (fromDay ? { body: fromDay, at: day.at, owner: me } : null);
  for (const part of document.querySelectorAll("[data-move]")) await bind(part);
  await draw();
  const take = (copy) => { if (!held || copy.at >= held.at) { held = copy; draw(); } };
  const address = page.addresses.matter_read.replace("NUMBER", number);
  if (!page.card) reading(`matter.${number}`, address, me, take);
  listen(draw);
}
