// Brings the cursor into a field by one key, unless somebody is writing elsewhere:
//   <input type="search" data-focus-key="/">
import { fresh } from "./bound.js";

const WRITING = "input, textarea, select, [contenteditable]";

export function bind(part) {
  for (const field of fresh(part, "data-focus-key")) {
    document.addEventListener("keydown", (event) => {
      const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !(event.target instanceof Element && event.target.closest(WRITING));
      if (event.key !== field.dataset.focusKey || !isFree || field.offsetParent === null) return;
      event.preventDefault();
      field.focus();
      field.select();
    });
  }
}
