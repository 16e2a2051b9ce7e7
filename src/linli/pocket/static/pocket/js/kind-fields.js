// The fields that a kind of matter adds, as choices or lines of text:
//   own.kinds = ground.kinds;  own(form, "kind", values);  own.read(form)
import { made } from "./draw.js";

export function own(form, kind, values = {}) {
  const fields = own.kinds?.[kind]?.fields ?? [];
  form.querySelector("[data-own]").replaceChildren(...fields.map((field) => {
    const part = made(field.choices.length ? "own-choice" : "own-text", { label: field.label, help: field.help });
    if (field.choices.length) {
      part.querySelector(".choices").replaceChildren(...field.choices.map(([value, text]) => {
        const choice = made("choice", { text });
        Object.assign(choice.querySelector("input"), { name: `own.${field.name}`, value, checked: values[field.name] === value, required: field.required });
        return choice;
      }));
    } else {
      Object.assign(part.querySelector("input"), { name: `own.${field.name}`, value: values[field.name] ?? "", maxLength: field.limit, required: field.required });
    }
    return part;
  }));
}

own.kinds = {};

own.read = (form) => Object.fromEntries([...new FormData(form)].filter(([name, value]) => name.startsWith("own.") && value).map(([name, value]) => [name.slice(4), value]));
