// Light or dark and the size of type on this phone, also without a network: kept here, and told to the server when it can be reached.
//   applyLook();  setLook("type", "large");
import { page } from "./page.js";

const KEY = "linli.pocket.look";

export function look() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

export function applyLook() {
  const { theme, type } = look();
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  if (theme === "system") delete root.dataset.theme;
  if (type) root.dataset.type = type;
}

export function setLook(name, value) {
  localStorage.setItem(KEY, JSON.stringify({ ...look(), [name]: value }));
  applyLook();
}

// The server keeps the choice in a cookie, so that the first paint has it.
export async function tellLook(token, name, value) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, [name]: value, next: page.addresses.settings });
  await fetch(page.addresses.look, { method: "POST", body, credentials: "same-origin", redirect: "manual" }).catch(() => null);
  (await navigator.serviceWorker?.getRegistration())?.active?.postMessage("refresh");
}
