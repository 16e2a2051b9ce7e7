// A limit in words, and how near it is: { text, tone } from a moment and the present.
//   const { text, tone } = dueText(card.due_at, Date.now(), say);
const SOON = 8 * 3_600_000;

export function span(milliseconds, say) {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days) return hours ? say("days_hours", { days, hours }) : say("days", { days });
  return hours ? say("hours_minutes", { hours, minutes: minutes % 60 }) : say("minutes", { minutes });
}

export function dueText(due, now, say) {
  if (!due) return { text: say("no_limit"), tone: "" };
  const left = Date.parse(due) - now;
  if (left < 0) return { text: say("overdue", { span: span(-left, say) }), tone: "bad" };
  return { text: say("left", { span: span(left, say) }), tone: left < SOON ? "warn" : "" };
}

// 09:12 today, 11-22 09:12 on another day; in the phone's own zone.
export function clockText(moment, now = Date.now()) {
  const at = new Date(moment);
  const two = (number) => String(number).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === new Date(now).toDateString() ? time : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
