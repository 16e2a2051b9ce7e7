// Makes parts of the page from its own <template> elements:
//   <template id="task"><li><strong data-t="category"></strong></li></template>  made("task", { category: "井盖" })

export function fill(part, values) {
  for (const [name, value] of Object.entries(values)) {
    const found = [...part.querySelectorAll(`[data-t="${name}"]`)];
    if (part.dataset?.t === name) found.push(part);
    for (const element of found) {
      element.textContent = value ?? "";
      element.hidden = value === "" || value === null || value === undefined;
    }
  }
  return part;
}

export function made(name, values = {}) {
  const part = document.getElementById(name).content.firstElementChild.cloneNode(true);
  return fill(part, values);
}

export function tone(element, name) {
  element.classList.remove("good", "warn", "bad", "accent", "calm");
  if (name) element.classList.add(name);
}

export function announce(text) {
  const place = document.querySelector("[data-said]");
  if (place) place.textContent = text;
}
