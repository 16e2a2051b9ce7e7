// Shows the print button where the browser can print:  <button type="button" hidden data-print>…</button>
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
