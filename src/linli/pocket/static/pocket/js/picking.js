// The category in three presses: open, group, category; or by searching. Recently used ones stand first.
//   <div data-picker><button data-open><input type="search"><div data-groups></div></div>
import { made } from "./draw.js";

const RECENT = "linli.pocket.recent";
const MOST = 30;

export class Picker {
  constructor(form, changed) {
    const part = form.querySelector("[data-picker]");
    Object.assign(this, { part, changed, rows: [], groups: [], chosen: null, list: part.querySelector("[data-groups]"), search: part.querySelector("input[type=search]"), opener: part.querySelector("details") });
    this.search.addEventListener("input", () => this.draw());
    // Enter in the search field must not send the report.
    this.search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  take(ground) {
    this.groups = ground.categories;
    this.rows = ground.categories.flatMap((group) => group.rows);
    this.draw();
  }

  value() { return this.chosen?.[0] ?? null; }
  text() { return this.chosen?.[1] ?? ""; }
  kind() { return this.chosen?.[2] ?? ""; }
  isSmall() { return Boolean(this.chosen?.[4]); }

  choose(id) {
    this.chosen = this.rows.find((row) => row[0] === id) ?? null;
    const label = this.part.querySelector("[data-chosen]");
    label.textContent = this.text();
    label.hidden = !this.chosen;
    this.opener.open = false;
    this.part.querySelector("[data-ask]").hidden = Boolean(this.chosen);
    this.changed();
  }

  pick(row) {
    const recent = [row[0], ...this.recent().filter((id) => id !== row[0])].slice(0, 4);
    localStorage.setItem(RECENT, JSON.stringify(recent));
    this.search.value = "";
    this.choose(row[0]);
    this.draw();
    this.part.querySelector("summary").focus();
    this.part.dispatchEvent(new Event("change", { bubbles: true }));
  }

  recent() { return JSON.parse(localStorage.getItem(RECENT) ?? "[]"); }

  button(row) {
    const button = made("pick", { text: row[1] });
    button.addEventListener("click", () => this.pick(row));
    return button;
  }

  draw() {
    const wanted = this.search.value.trim().toLowerCase();
    if (wanted) {
      const found = this.rows.filter((row) => `${row[1]} ${row[3]}`.toLowerCase().includes(wanted)).slice(0, MOST);
      this.list.replaceChildren(...found.map((row) => this.button(row)));
      this.part.querySelector("[data-none-found]").hidden = found.length > 0;
      return;
    }
    this.part.querySelector("[data-none-found]").hidden = true;
    const recent = this.recent().map((id) => this.rows.find((row) => row[0] === id)).filter(Boolean);
    this.list.replaceChildren(...recent.map((row) => this.button(row)), ...this.groups.map((group) => {
      const part = made("group", { label: group.label });
      part.querySelector("[data-rows]").replaceChildren(...group.rows.map((row) => this.button(row)));
      return part;
    }));
  }
}
