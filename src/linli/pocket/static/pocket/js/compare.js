// A conflict field by field: what I saw, what I wrote, what it is now.
//   const rows = compared(item.saw, item.wrote, item.now);  [{ name, saw, wrote, now, differs }]
const FIELDS = ["phase_text", "round", "due_at", "category", "summary", "address", "place"];
const text = (value) => (value === null || value === undefined ? "" : String(value));

function stepText(card) {
  const step = card?.steps?.at(-1);
  return step ? [step.title, step.text].filter(Boolean).join("：") : "";
}

// Rows that differ or that I wrote; `wrote` holds [name, text] pairs of the form.
export function compared(saw, wrote, now) {
  const rows = FIELDS.map((name) => ({ name, saw: text(saw?.[name]), wrote: "", now: text(now?.[name]) })).filter((row) => row.saw !== row.now);
  rows.unshift({ name: "step", saw: stepText(saw), wrote: "", now: stepText(now) });
  const mine = (wrote ?? []).map(([name, value]) => ({ name, saw: "", wrote: text(value), now: "" }));
  return [...rows, ...mine].filter((row) => row.saw || row.wrote || row.now).map((row) => ({ ...row, differs: row.saw !== row.now }));
}

// What can still be done with my step: send it on what is there now, or only let it go.
export function mayStand(item, now) {
  return Boolean(now?.moves?.includes(item.action));
}
