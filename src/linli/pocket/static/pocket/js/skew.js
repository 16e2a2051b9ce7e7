// How far the phone's clock is off, measured by the Date of the server's answers; and the time of happening that is stated.
//   const found = measured(response.headers.get("Date"), sentAt, gotAt);  // { offset, error } in milliseconds, server minus phone

export function measured(date, sent, got) {
  const server = Date.parse(date ?? "");
  if (Number.isNaN(server)) return null;
  // The header counts whole seconds, cut off: its middle lies half a second later.
  return { offset: Math.round(server + 500 - (sent + got) / 2), error: Math.round(500 + (got - sent) / 2) };
}

// What is put right: nothing while the difference lies within the error of the measurement.
export function correction(found) {
  return found && Math.abs(found.offset) > found.error ? found.offset : 0;
}

// When a step happened, on the server's clock: the phone's own time put right by the difference known when it was made (or now, if none
// was known then), and never before the step that it answers.
export function happened(item, items, offset) {
  const before = item.after && items.find((one) => one.id === item.after);
  const floors = [item.not_before, before?.occurred_at].filter(Boolean).map((text) => Date.parse(text) + 1);
  return new Date(Math.max(item.at + (item.offset ?? offset ?? 0), ...floors)).toISOString();
}
