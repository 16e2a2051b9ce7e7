// Report what I found: photo, category, place, words; all of it on the phone, sent when it can be.
import { announce, fill } from "./draw.js";
import { keepDraft } from "./drafts.js";
import { owner } from "./frame.js";
import { own } from "./kind-fields.js";
import { make } from "./making.js";
import { page, say } from "./page.js";
import { Photos } from "./photos.js";
import { Picker } from "./picking.js";
import { Place } from "./place-choice.js";
import { kept, reading } from "./reading.js";
import { noteReport } from "./walking.js";

const form = document.querySelector("[data-report]");

function refuse(name, text) {
  const fault = form.querySelector(`[data-fault="${name}"]`);
  fault.textContent = text;
  fault.hidden = false;
  const part = fault.closest(".field, fieldset");
  part.classList.add("is-wrong");
  part.scrollIntoView({ block: "center" });
  announce(text);
}

function clean() {
  for (const fault of form.querySelectorAll("[data-fault]")) fault.hidden = true;
  for (const part of form.querySelectorAll(".is-wrong")) part.classList.remove("is-wrong");
}

function fault(values) {
  if (!values.category) return ["category", say("choose_category")];
  if (!values.area) return ["area", say("choose_place")];
  return values.summary?.trim() ? null : ["summary", say("write_words")];
}

export async function show() {
  const me = await owner();
  const photos = new Photos(form.querySelector("[data-photos]"), clean);
  const settling = form.querySelector("[data-settle]");
  const picker = new Picker(form, () => { own(form, picker.kind()); settling.hidden = !own.canSettle || !picker.isSmall(); });
  const place = new Place(form);
  let draft = null;
  const take = async (copy) => {
    const before = [picker.value(), place.value()];
    picker.take(copy.body);
    place.take(copy.body);
    own.kinds = copy.body.kinds;
    own.canSettle = copy.body.can_settle;
    document.querySelector("[data-unread]").hidden = true;
    form.hidden = false;
    if (draft) { picker.choose(before[0]); place.choose(before[1]); return; }
    draft = await keepDraft(form, "report", me, photos, {
      out: () => ({ category: picker.value(), place: place.value(), position: place.position, own: own.read(form) }),
      in: (more) => { picker.choose(more.category); place.choose(more.place, more.position); own(form, picker.kind(), more.own); },
    });
    const fromRound = new URLSearchParams(location.search).get("area");
    if (fromRound) place.choose(fromRound);
  };
  const copy = await kept("ground", me);
  if (copy) await take(copy);
  reading("ground", page.addresses.ground_read, me, (fresh) => { if (!copy || fresh.etag !== copy.etag) take(fresh); });
  form.addEventListener("change", () => draft?.keep());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clean();
    const typed = { summary: form.summary.value, address: form.address.value.trim() };
    const given = { ...typed, category: picker.value(), area: place.value(), ...own.read(form), ...(place.position ? { position: place.position.map((one) => one.toFixed(6)).join(",") } : {}) };
    const settles = event.submitter?.hasAttribute("data-settle") ?? false;
    const wrong = fault(given) ?? (settles && !photos.ids.length ? ["photos", say("settle_needs_photo")] : null);
    if (wrong) return refuse(...wrong);
    draft.close();
    const wrote = [[say("category"), picker.text()], [say("place"), place.text()], [say("address"), typed.address, "address"], [say("summary"), typed.summary, "summary"]].filter((pair) => pair[1]);
    const item = await make({
      action: settles ? "matter.self_handle" : "matter.report", title: say(settles ? "settle" : "report"), about: `${picker.text()}　${place.text()}`, wrote, photos: photos.ids,
      given: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "" && value !== null)),
    }, { owner: me, draft: draft.name });
    if (!settles) await noteReport(me, given.area, `pocket-${item.id}`);
    form.reset();
    picker.choose(null);
    place.forgetPosition();
    own(form, "");
    await photos.clear();
    draft.begin();
    const said = document.querySelector("[data-kept]");
    said.hidden = false;
    fill(said, { what: item.about });
    said.focus();
  });
}

