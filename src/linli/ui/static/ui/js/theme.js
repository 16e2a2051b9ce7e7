// Light or dark without waiting for the server, which keeps the choice in a cookie:
//   <button name="theme" value="dark" data-theme-switch>
// Where nobody has chosen, the switch offers the opposite of what the device prefers.
import { fresh } from "./bound.js";

export function bind(part) {
  const root = document.documentElement;
  const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
  for (const button of fresh(part, "data-theme-switch")) {
    if (!root.dataset.theme && prefersDark.matches) button.value = "light";
    button.addEventListener("click", () => {
      root.dataset.theme = button.value;
      root.dataset.bsTheme = button.value;
    });
  }
}
