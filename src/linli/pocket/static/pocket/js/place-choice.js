// Where it is: one of my grids, chosen by name, on the drawing, or by the phone's position when its button is pressed (never by itself).
//   <fieldset data-place><button data-locate-grid><div data-grids></div><svg data-drawing></svg></fieldset>
import { made } from "./draw.js";
import { drawing, gridAt, isInBox } from "./grids.js";
import { say } from "./page.js";

const SVG = "http://www.w3.org/2000/svg";

export class Place {
  constructor(form) {
    const part = form.querySelector("[data-place]");
    Object.assign(this, { part, places: [], position: null, said: part.querySelector("[data-place-said]"), drawn: null });
    const button = part.querySelector("[data-locate-grid]");
    button.hidden = !navigator.geolocation || !window.isSecureContext;
    button.addEventListener("click", () => this.locate());
    part.querySelector("[data-forget]").addEventListener("click", () => { this.forgetPosition(); this.told(); });
    part.addEventListener("change", () => this.mark());
  }

  take(ground) {
    this.places = ground.places;
    this.box = ground.box;
    this.part.querySelector("[data-grids]").replaceChildren(...ground.places.map((place) => {
      const choice = made("choice", { text: place.name });
      Object.assign(choice.querySelector("input"), { name: "area", value: place.area });
      return choice;
    }));
    this.draw();
    if (ground.places.length === 1) this.choose(ground.places[0].area);
  }

  value() { return this.part.querySelector("[name=area]:checked")?.value ?? null; }
  text() { return this.places.find((place) => place.area === this.value())?.name ?? ""; }
  told() { this.part.dispatchEvent(new Event("change", { bubbles: true })); }

  choose(area, position = this.position) {
    const input = [...this.part.querySelectorAll("[name=area]")].find((one) => one.value === area);
    if (input) input.checked = true;
    this.position = position;
    this.mark();
  }

  forgetPosition() {
    this.position = null;
    this.said.textContent = "";
    this.mark();
  }

  locate() {
    this.said.textContent = say("locating");
    navigator.geolocation.getCurrentPosition(({ coords }) => this.found(coords), () => { this.said.textContent = say("no_position"); },
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 });
  }

  found({ longitude, latitude, accuracy }) {
    const grid = gridAt(this.places, longitude, latitude);
    if (!isInBox(this.box, longitude, latitude)) {
      this.said.textContent = say("outside_city");
      return;
    }
    this.choose(grid?.area ?? this.value(), [longitude, latitude]);
    this.said.textContent = grid ? say("located", { name: grid.name, metres: Math.round(accuracy) }) : say("outside_grids", { metres: Math.round(accuracy) });
    this.told();
  }

  draw() {
    const svg = this.part.querySelector("[data-drawing]");
    this.drawn = drawing(this.places);
    svg.toggleAttribute("hidden", !this.drawn || this.places.length < 2 || this.places.length > 60);
    if (!this.drawn) return;
    svg.setAttribute("viewBox", `-4 -4 ${this.drawn.width + 8} ${this.drawn.height + 8}`);
    svg.replaceChildren(...this.drawn.paths.map(({ area, d }) => {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      path.dataset.area = area;
      path.addEventListener("click", () => { this.choose(area); this.told(); });
      return path;
    }));
  }

  mark() {
    for (const path of this.part.querySelectorAll("path")) path.toggleAttribute("data-chosen", path.dataset.area === this.value());
    this.part.querySelector("[data-forget]").hidden = !this.position;
    this.part.querySelector("circle")?.remove();
    if (!this.position || !this.drawn) return;
    const circle = document.createElementNS(SVG, "circle");
    const [x, y] = this.drawn.at(this.position);
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: 7, class: "point" })) circle.setAttribute(name, value);
    this.part.querySelector("[data-drawing]").append(circle);
  }
}
