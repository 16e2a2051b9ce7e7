// Registers the service worker, and offers to put the app on the home screen where the browser can:
//   <button data-install hidden>
import { page } from "./page.js";

let offered = null;

function offer() {
  for (const button of document.querySelectorAll("[data-install]")) button.hidden = !offered;
}

export function install() {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event;
    offer();
  });
  for (const button of document.querySelectorAll("[data-install]")) {
    button.addEventListener("click", async () => {
      await offered?.prompt();
      offered = null;
      offer();
    });
  }
  navigator.serviceWorker?.register(page.addresses.worker, { type: "module", updateViaCache: "none" }).catch(() => null);
}
