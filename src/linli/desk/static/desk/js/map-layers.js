// The style of our own map (areas only, no outside base map) and the layers of areas, matters and uncovered grids; colours come from the page's tokens.
const MODES = { points: ["matters", "matters-late", "matters-count", "shades"], heat: ["heat"] };

function token(name) {
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}

export function ownStyle() {
  return { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": token("--sunken") } }] };
}

export function setMode(map, mode) {
  for (const [name, layers] of Object.entries(MODES)) {
    for (const layer of layers) map.setLayoutProperty(layer, "visibility", name === mode ? "visible" : "none");
  }
}

function hatch(color) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 12;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = color;
  pen.lineWidth = 2;
  for (const shift of [-12, 0, 12]) {
    pen.moveTo(shift, 12);
    pen.lineTo(shift + 12, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, 12, 12);
}

function addAreas(map, element) {
  const heat = ["match", ["coalesce", ["get", "heat"], 0], 1, 0.14, 2, 0.28, 3, 0.44, 4, 0.62, 0];
  const isOwn = !element.dataset.style;
  map.addSource("areas", { type: "geojson", data: element.dataset.areas });
  map.addImage("hatch", hatch(token("--bad")));
  map.addLayer({ id: "areas", type: "fill", source: "areas", paint: { "fill-color": token("--surface"), "fill-opacity": isOwn ? 1 : 0 } });
  map.addLayer({ id: "shades", type: "fill", source: "areas", paint: { "fill-color": token("--brick"), "fill-opacity": heat } });
  map.addLayer({ id: "bare", type: "fill", source: "areas", filter: ["==", ["get", "bare"], true], paint: { "fill-pattern": "hatch" } });
  map.addLayer({ id: "borders", type: "line", source: "areas", paint: { "line-color": token("--line-strong"), "line-width": 1.5 } });
}

function addMatters(map, element) {
  const tiles = new URL(element.dataset.tiles, location.href).href;
  const radius = ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 7, 10, 13, 100, 22];
  const brick = token("--brick");
  const source = { source: "matters", "source-layer": "matters" };
  map.addSource("matters", { type: "vector", tiles: [`${tiles}{z}/{x}/{y}?${element.dataset.query}`], minzoom: 6, maxzoom: 18 });
  map.addLayer({ id: "heat", type: "heatmap", ...source, layout: { visibility: "none" }, paint: {
    "heatmap-weight": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 0, 0, 20, 1], "heatmap-radius": 28, "heatmap-opacity": 0.9,
    "heatmap-color": ["interpolate", ["linear"], ["heatmap-density"], 0, `${brick}00`, 0.02, `${brick}40`, 0.2, `${brick}99`, 1, brick] } });
  map.addLayer({ id: "matters", type: "circle", ...source, paint: {
    "circle-radius": radius, "circle-color": token("--pine"), "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.5, "circle-opacity": 0.9 } });
  map.addLayer({ id: "matters-late", type: "circle", ...source, filter: ["has", "late"], paint: {
    "circle-radius": radius, "circle-opacity": 0, "circle-stroke-color": token("--bad"), "circle-stroke-width": 3.5 } });
  map.addLayer({ id: "matters-count", type: "symbol", ...source, filter: [">", ["get", "n"], 1], layout: {
    "text-field": ["to-string", ["get", "n"]], "text-size": 12, "text-allow-overlap": true }, paint: { "text-color": token("--on-pine") } });
}

function addNames(map) {
  map.addLayer({ id: "names", type: "symbol", source: "areas", layout: { "text-field": ["get", "name"], "text-size": 13 },
    paint: { "text-color": token("--ink"), "text-halo-color": token("--surface"), "text-halo-width": 1.5 } });
}

export function addLayers(map, element) {
  addAreas(map, element);
  addNames(map);
  if (element.dataset.matters) addMatters(map, element);
}
