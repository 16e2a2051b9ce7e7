// What the page was given by the server: addresses, texts, which screen it is, and whether it is a kept shell.
//   the "page" module gives { page, say }:  say("left", { span })
export const page = JSON.parse(document.getElementById("pocket").textContent);

export function say(name, values = {}) {
  return (page.texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
