// Whose duty it is by the list: asked when a matter goes back as not ours, and again in the outbox for a step that does not say.
//   offer(select, card);  missing(item) && place.prepend(again(item, () => presentState(…)))
import { made } from "./draw.js";
import { say } from "./page.js";
import { change } from "./store.js";

const options = (card) => (card?.duties ?? []).map(([value, text]) => new Option(text, value));

export function offer(select, card) {
  if (!select || select.options.length > 1 || !card.duties?.length) return;
  select.append(...options(card));
  const part = select.closest(".field");
  const ask = () => {
    part.hidden = select.form.reason?.value !== "not_competent";
    select.required = !part.hidden;
    if (part.hidden) select.value = "";
  };
  select.form.addEventListener("change", ask);
  ask();
}

export function missing(item) {
  return item.action === "matter.return" && Boolean(item.fault?.fields?.duty);
}

// What is chosen is kept with the step at once, so that it is there when the page is drawn again.
export function again(item, read) {
  const field = made("mend-choice", { label: say("duty"), fault: item.fault.fields.duty });
  const select = field.querySelector("select");
  const fillIn = (card) => { select.append(...options(card)); select.value = item.given.duty ?? ""; };
  if (item.saw?.duties?.length) fillIn(item.saw);
  else read().then(fillIn);
  select.addEventListener("change", () => change("items", item.id, (kept) => ({
    ...kept, given: { ...kept.given, duty: select.value },
    wrote: [...kept.wrote.filter(([, , name]) => name !== "duty"), [say("duty"), select.selectedOptions[0].text, "duty"]],
  })));
  return field;
}
