// Brings the list of faults into view after a form came back:
//   <div role="alert" tabindex="-1" data-focus>…</div>
import { fresh } from "./bound.js";

export function bind(part) {
  const [first] = fresh(part, "data-focus");
  if (first) first.focus({ preventScroll: false });
}
