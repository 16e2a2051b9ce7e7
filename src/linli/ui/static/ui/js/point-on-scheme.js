// Sets a position by a click on a scheme, or by arrow keys once it has the focus:
//   <svg class="scheme" tabindex="0" role="application" aria-label="…" data-point-on-scheme="id-of-the-position-field"
//        data-bounds="west,south,east,north" viewBox="0 0 1000 700">…</svg>
// The scheme is drawn with longitude to the right and latitude upwards, evenly over its bounds.
import { fresh } from "./bound.js";
import { setPosition } from "./locate.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function mark(svg, x, y) {
  const box = svg.viewBox.baseVal;
  let point = svg.querySelector(".point");
  if (!point) {
    point = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    point.setAttribute("class", "point");
    point.setAttribute("r", String(box.width / 70));
    svg.append(point);
  }
  point.setAttribute("cx", String(box.x + x * box.width));
  point.setAttribute("cy", String(box.y + y * box.height));
}

export function bind(part) {
  for (const svg of fresh(part, "data-point-on-scheme")) {
    const field = document.getElementById(svg.dataset.pointOnScheme)?.querySelector("[data-position]");
    if (!field) continue;
    const [west, south, east, north] = svg.dataset.bounds.split(",").map(Number);
    let place = [0.5, 0.5];

    const choose = (x, y) => {
      place = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
      mark(svg, ...place);
      setPosition(field, west + place[0] * (east - west), north - place[1] * (north - south));
    };
    svg.addEventListener("click", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const box = svg.viewBox.baseVal;
      choose((at.x - box.x) / box.width, (at.y - box.y) / box.height);
    });
    svg.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const size = event.shiftKey ? 0.1 : 0.01;
      choose(place[0] + step[0] * size, place[1] + step[1] * size);
    });
    field.addEventListener("linli:position", ({ detail }) => {
      const x = (detail.lon - west) / (east - west);
      const y = (north - detail.lat) / (north - south);
      if (x >= 0 && x <= 1 && y >= 0 && y <= 1) mark(svg, x, y);
    });
  }
}
