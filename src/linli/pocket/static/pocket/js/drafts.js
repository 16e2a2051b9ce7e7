// What is typed is on the disk while it is typed, photos too, under the post that types it:
//   const draft = await keepDraft(form, "report", owner, photos);  draft.name
import { get, put, remove } from "./store.js";

const named = (form) => [...form.elements].filter((one) => one.name && !["file", "submit", "button", "hidden"].includes(one.type));

export function read(form) {
  return named(form).map((one) => [one.name, one.value, ["radio", "checkbox"].includes(one.type) ? one.checked : null]);
}

export function refill(form, values) {
  for (const [name, value, checked] of values) {
    for (const one of named(form).filter((found) => found.name === name)) {
      if (checked === null) one.value = value;
      else if (one.value === value) one.checked = checked;
    }
  }
}

export async function keepDraft(form, name, owner, photos, more = { out: () => ({}), in: () => {} }) {
  const key = `${name}|${owner}`;
  const held = await get("drafts", key);
  if (held) {
    refill(form, held.values);
    await photos?.restore(held.photos);
    more.in(held.more ?? {});
  }
  let timer = 0;
  let open = true;
  const keep = () => {
    clearTimeout(timer);
    return open ? put("drafts", { name: key, owner, values: read(form), photos: photos?.ids ?? [], more: more.out(), at: Date.now() }) : null;
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 250); });
  document.addEventListener("visibilitychange", keep);
  if (photos) photos.changed = keep;
  const close = () => { open = false; clearTimeout(timer); };
  const begin = () => { open = true; };
  const drop = async () => { close(); await remove("drafts", key); begin(); };
  return { name: key, keep, close, begin, drop, had: Boolean(held) };
}
