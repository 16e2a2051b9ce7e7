// Keeps what was typed on this device until it was sent:
//   <form data-keep-draft="matter.report">
// Passwords, files and hidden fields are never kept. What the server sends back counts more than the draft.
import { fresh } from "./bound.js";

const PREFIX = "linli.draft.";
const SENT = "linli.sent.";
const DAYS = 3;

function inputs(form) {
  return [...form.elements].filter((one) => one.name && !["password", "file", "hidden", "submit", "button"].includes(one.type));
}

function read(form) {
  return inputs(form).map((one) => (["radio", "checkbox"].includes(one.type) ? [one.name, one.value, one.checked] : [one.name, one.value]));
}

function isUntouched(form) {
  return inputs(form).every((one) => (["radio", "checkbox"].includes(one.type) ? one.checked === one.defaultChecked : one.type.startsWith("select") || one.value === one.defaultValue));
}

function fill(form, kept) {
  for (const [name, value, checked] of kept) {
    const matching = inputs(form).filter((one) => one.name === name);
    for (const one of matching) {
      if (checked === undefined) one.value = value;
      else if (one.value === value) one.checked = checked;
    }
  }
  form.dispatchEvent(new Event("linli:filled", { bubbles: true }));
}

function forget(names) {
  for (const name of names) localStorage.removeItem(PREFIX + name);
}

// A draft that was sent and is not on the page that came back has arrived.
function forgetArrived() {
  const arrived = Object.keys(sessionStorage).filter((key) => key.startsWith(SENT)).map((key) => key.slice(SENT.length));
  forget(arrived.filter((name) => !document.querySelector(`form[data-keep-draft="${CSS.escape(name)}"]`)));
  for (const name of arrived) sessionStorage.removeItem(SENT + name);
}

export function bind(part) {
  if (part === document) forgetArrived();
  for (const form of fresh(part, "data-keep-draft")) {
    const name = form.dataset.keepDraft;
    const kept = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    const isFresh = kept && Date.now() - kept.at < DAYS * 86400000;
    if (isFresh && isUntouched(form) && !form.querySelector("[role=alert]")) fill(form, kept.values);
    form.addEventListener("input", () => {
      localStorage.setItem(PREFIX + name, JSON.stringify({ at: Date.now(), values: read(form) }));
    });
    form.addEventListener("submit", () => sessionStorage.setItem(SENT + name, "yes"));
  }
}
