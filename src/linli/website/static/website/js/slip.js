// Copies or prints the slip of a report; both buttons stay hidden where the browser cannot:
//   <p id="query-code">…</p> <button hidden data-copy="query-code" data-done="…"><span>…</span></button> <button hidden data-print>
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.querySelector("span").textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
