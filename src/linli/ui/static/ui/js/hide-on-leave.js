// Puts a mask back over a value when its page is left, put aside:
//   <span data-hide-on-leave="139****1234">13900001234</span>
import { fresh } from "./bound.js";

export function bind(part) {
  for (const element of fresh(part, "data-hide-on-leave")) {
    const hide = () => { element.textContent = element.dataset.hideOnLeave; };
    window.addEventListener("pagehide", hide, { once: true });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") hide(); });
  }
}
