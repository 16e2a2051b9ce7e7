// Puts a moving map in the place of the scheme, where the browser can draw one:
//   <div hidden data-map data-library="…/maplibre-gl.mjs" data-bounds="w,s,e,n" data-areas="…" data-tiles="…/tiles/" …><div data-map-canvas></div></div>
//   <figure data-map-scheme>…</figure>
// Without WebGL, or when the library does not load, the scheme stays. Everything shown stands in the table too.
import { addLayers, ownStyle, setMode } from "./map-layers.js";
import { bindPopups } from "./map-popups.js";

async function styleOf(element) {
  if (!element.dataset.style) return ownStyle(element);
  const answer = await fetch(element.dataset.style, { mode: "cors" });
  return answer.json();
}

function hasWebGl() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

async function start(element) {
  if (!hasWebGl()) return;
  const library = await import(element.dataset.library);
  const style = await styleOf(element);
  const [west, south, east, north] = element.dataset.bounds.split(",").map(Number);
  element.hidden = false;
  const map = new library.Map({
    container: element.querySelector("[data-map-canvas]"), style, bounds: [[west, south], [east, north]], fitBoundsOptions: { padding: 24 },
    attributionControl: element.dataset.licence ? { customAttribution: `审图号：${element.dataset.licence}` } : false,
    dragRotate: false, pitchWithRotate: false, maxZoom: 20, locale: { "Map.Title": element.dataset.label },
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }));
  map.once("load", () => {
    addLayers(map, element);
    bindPopups(map, element, library);
    for (const scheme of document.querySelectorAll("[data-map-scheme]")) scheme.hidden = true;
    element.dataset.ready = "1";
  });
  for (const radio of element.querySelectorAll("[name=map-mode]")) radio.addEventListener("change", () => setMode(map, radio.value));
  const anew = () => { if (!element.dataset.style) map.setStyle(ownStyle(element)).once("style.load", () => {
    addLayers(map, element);
    const chosen = element.querySelector("[name=map-mode]:checked");
    if (chosen) setMode(map, chosen.value);
  }); };
  new MutationObserver(anew).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", anew);
  element.linliMap = map;
}

for (const element of document.querySelectorAll("[data-map]")) {
  start(element).catch(() => { element.hidden = true; });
}
