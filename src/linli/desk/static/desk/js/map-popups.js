// What a press on the map does: a single matter is named with a link that opens it, several are zoomed into, and at the deepest zoom listed.
const DEEP = 17;
const REACH = 18;

function paragraph(text, href) {
  const made = document.createElement("p");
  const inside = href ? document.createElement("a") : made;
  inside.textContent = text;
  if (href) {
    inside.href = href;
    made.append(inside);
  }
  return made;
}

function boxAround(map, point) {
  const low = map.unproject([point.x - REACH, point.y + REACH]);
  const high = map.unproject([point.x + REACH, point.y - REACH]);
  return [low.lng, low.lat, high.lng, high.lat].map((edge) => edge.toFixed(6)).join(",");
}

function said(map, element, event) {
  const { number, what, n } = event.features[0].properties;
  const made = document.createElement("div");
  if (number) {
    made.append(paragraph(what ? `${what} · ${number}` : number), paragraph(element.dataset.open, element.dataset.matter.replace("/0/", `/${number}/`)));
  } else {
    const address = `${element.dataset.here}?${element.dataset.query}&box=${encodeURIComponent(boxAround(map, event.point))}`;
    made.append(paragraph(element.dataset.several.replace("#", n), address));
  }
  return made;
}

export function bindPopups(map, element, library) {
  map.on("click", "matters", (event) => {
    const { number } = event.features[0].properties;
    if (!number && map.getZoom() < DEEP) {
      map.easeTo({ center: event.features[0].geometry.coordinates, zoom: Math.min(map.getZoom() + 2, DEEP) });
      return;
    }
    new library.Popup({ maxWidth: "20rem" }).setLngLat(event.features[0].geometry.coordinates).setDOMContent(said(map, element, event)).addTo(map);
  });
  map.on("click", "areas", (event) => {
    const { href } = event.features[0].properties;
    if (map.getLayer("matters") && map.queryRenderedFeatures(event.point, { layers: ["matters"] }).length) return;
    if (event.features[0].properties.said) {
      const made = document.createElement("div");
      made.append(paragraph(`${event.features[0].properties.name}：${event.features[0].properties.said}`), paragraph(element.dataset.open, href));
      new library.Popup({ maxWidth: "20rem" }).setLngLat(event.lngLat).setDOMContent(made).addTo(map);
    }
  });
  for (const layer of ["matters", "areas"]) {
    if (!map.getLayer(layer)) continue;
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}
