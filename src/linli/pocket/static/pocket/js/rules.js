// The laws of the outbox, as pure functions over what waits: what is sent next, what an answer means, how long to pause.
//   const item = next(items, owner, Date.now()); … verdict(response.status, fault.code)
const FIRST = 5_000;
const LONGEST = 600_000;
const OPEN = new Set(["waiting", "refused", "conflict"]);

export const isOpen = (item) => OPEN.has(item.state);
export const ordered = (items) => [...items].sort((one, other) => one.seq - other.seq);

// Milliseconds until the next try: 5 s, 10 s, 20 s … at most ten minutes, never sooner than the server asked for.
export function pause(tries, asked = 0) {
  return Math.max(asked, Math.min(LONGEST, FIRST * 2 ** Math.min(Math.max(tries, 1) - 1, 10)));
}

// What an answer means for the step that was sent. Status 0 stands for no answer, or for one that is not ours.
export function verdict(status, code = "") {
  if (status === 0) return "offline";
  if (status >= 200 && status < 300) return "done";
  if (status === 401 || code === "no_post") return "sign_in";
  if (code === "other_post") return "other_post";
  if (code === "stale_page") return "token";
  if ([408, 425, 429, 502, 503, 504].includes(status)) return "later";
  if (status >= 500) return "trouble";
  return status === 409 && code !== "key_reused" ? "conflict" : "refused";
}

// The first step of this owner that may go now: in the order made, and within one matter never past one that is not done.
// In a hurry pauses do not count; `skip` holds what this turn has tried already.
export function next(items, owner, now, { hurry = false, skip = new Set() } = {}) {
  const held = new Set();
  for (const item of ordered(items)) {
    if (item.owner !== owner || !isOpen(item)) continue;
    const may = item.state === "waiting" && !skip.has(item.id) && (hurry || (item.next_at ?? 0) <= now);
    if (may && !held.has(item.lane)) return item;
    held.add(item.lane);
  }
  return null;
}

// The version that a step builds on: the one seen, or the one that the step before it was answered with. Null while that is open.
export function version(item, items) {
  const before = item.after && items.find((one) => one.id === item.after);
  if (!before) return item.given.version ?? null;
  if (before.state === "sent") return before.answer?.version ?? item.given.version ?? null;
  return before.state === "dropped" ? version(before, items) : null;
}

// The last open step of a matter: a further one builds on it.
export function last(items, lane) {
  return ordered(items).filter((item) => item.lane === lane && isOpen(item)).at(-1) ?? null;
}

// Since when a step waits behind another of the same matter that needs the person.
export function blocker(item, items) {
  return ordered(items).find((one) => one.lane === item.lane && one.owner === item.owner && one.seq < item.seq && ["refused", "conflict"].includes(one.state)) ?? null;
}

// The body of a step: what was written, with the version and the numbers of its photos.
export function body(item, items, photos) {
  const given = { ...item.given, occurred_at: item.occurred_at };
  const builds = version(item, items);
  if (builds !== null) given.version = builds;
  const numbers = item.photos.map((id) => photos.find((one) => one.id === id)?.number).filter(Boolean);
  if (numbers.length) given.evidence = numbers;
  return given;
}

// What may be thrown away: steps done or dropped a week ago that nothing open builds on.
export function over(items, now, days = 7) {
  const needed = new Set(items.filter(isOpen).map((item) => item.after));
  return items.filter((item) => !isOpen(item) && !needed.has(item.id) && now - (item.ended_at ?? 0) > days * 86_400_000);
}

export function counts(items, owner) {
  const open = items.filter(isOpen);
  const mine = open.filter((item) => item.owner === owner);
  return { mine: mine.length, stuck: mine.filter((item) => item.state !== "waiting").length, others: open.length - mine.length };
}
