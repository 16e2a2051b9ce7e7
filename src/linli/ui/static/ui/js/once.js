// A form is sent once, however often its button is pressed:
//   <form method="post" data-once>
// The pressed button keeps its value: it is switched off only after the form has been read.
import { fresh } from "./bound.js";

export function bind(part) {
  for (const form of fresh(part, "data-once")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      setTimeout(() => switchOff(form, true), 0);
    });
  }
}

function switchOff(form, off) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.toggleAttribute("disabled", off);
}

// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    switchOff(form, false);
  }
});
