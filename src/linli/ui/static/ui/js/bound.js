// Finds the elements of a part that carry an attribute, each only once:
//   for (const form of fresh(part, "data-once")) …
const seen = new WeakMap();

export function fresh(part, attribute) {
  const found = [...part.querySelectorAll(`[${attribute}]`)];
  if (part instanceof Element && part.matches(`[${attribute}]`)) found.unshift(part);
  return found.filter((element) => {
    const names = seen.get(element) ?? new Set();
    if (names.has(attribute)) return false;
    seen.set(element, names.add(attribute));
    return true;
  });
}
