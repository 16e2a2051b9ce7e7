// Which of my grids holds a point; outlines are rings of [longitude, latitude].
//   const grid = gridAt(places, lon, lat);  null outside all of them

export function isInside(ring, lon, lat) {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const [x, y] = ring[at];
    const [u, v] = ring[before];
    if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}

export function gridAt(places, lon, lat) {
  return places.find((place) => place.rings.some((ring) => isInside(ring, lon, lat))) ?? null;
}

export function isInBox(box, lon, lat) {
  return box[0] <= lon && lon <= box[2] && box[1] <= lat && lat <= box[3];
}

// Metres between two points, good enough within a city.
export function metres([lon, lat], [lon2, lat2]) {
  const narrow = Math.cos(((lat + lat2) / 2) * (Math.PI / 180));
  return Math.round(Math.hypot((lon2 - lon) * narrow, lat2 - lat) * 111_320);
}

// A picture of outlines: the box of a drawing and a path for each place, in its own units.
export function drawing(places, width = 320) {
  const points = places.flatMap((place) => place.rings.flat());
  if (!points.length) return null;
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = width / Math.max((east - west) * narrow, 1e-9);
  const at = ([lon, lat]) => [Math.round((lon - west) * narrow * scale), Math.round((north - lat) * scale)];
  return {
    width, height: Math.max(1, Math.round((north - south) * scale)), at,
    point: (x, y) => [west + x / scale / narrow, north - y / scale],
    paths: places.map((place) => ({ area: place.area, d: place.rings.map((ring) => `M${ring.map((one) => at(one).join(",")).join("L")}Z`).join("") })),
  };
}
