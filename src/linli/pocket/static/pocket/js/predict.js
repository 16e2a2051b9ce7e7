// What a matter will be once the steps that wait are sent: shown at once, marked as not yet sent.
//   const card = predicted(kept, items);  card.pending, card.moves
import { isOpen, ordered } from "./rules.js";

const AFTER = {
  "matter.receive": ["matter.handle", "matter.reply"],
  "matter.handle": ["matter.handle", "matter.reply"],
  "matter.reply": [],
  "matter.return": [],
  "matter.verify": [],
};

export const laneOf = (number) => `matter:${number}`;

export function predicted(card, items, owner) {
  const mine = ordered(items).filter((item) => item.lane === laneOf(card.number) && item.owner === owner);
  const pending = mine.filter(isOpen);
  // A step that was sent after this copy was read is not in it yet.
  const unseen = mine.filter((item) => item.state === "sent" && (item.answer?.version ?? 0) > card.version);
  const steps = [...unseen, ...pending];
  const moves = steps.length ? AFTER[steps.at(-1).action] ?? card.moves : card.moves;
  const version = unseen.length ? unseen.at(-1).answer.version : card.version;
  return { ...card, version, pending, moves, is_done: steps.length > 0 && moves.length === 0 };
}
