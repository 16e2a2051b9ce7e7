// Fills a position field from the device, only when its button is pressed:
//   <div data-position> <input data-lon> <input data-lat> <button data-locate data-wait="…" data-failed="…"> <p data-locate-said>
import { fresh } from "./bound.js";

export function setPosition(field, lon, lat) {
  field.querySelector("[data-lon]").value = lon.toFixed(6);
  field.querySelector("[data-lat]").value = lat.toFixed(6);
  field.querySelector("[data-lat]").dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new CustomEvent("linli:position", { bubbles: true, detail: { lon, lat } }));
}

export function bind(part) {
  for (const button of fresh(part, "data-locate")) {
    const field = button.closest("[data-position]");
    const said = field.querySelector("[data-locate-said]");
    if (!navigator.geolocation || !window.isSecureContext) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      said.textContent = button.dataset.wait;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          setPosition(field, coords.longitude, coords.latitude);
          said.textContent = `± ${Math.round(coords.accuracy)} m`;
        },
        () => { said.textContent = button.dataset.failed; },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }
}
