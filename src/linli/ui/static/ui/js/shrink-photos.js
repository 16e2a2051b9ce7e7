// Shrinks photos on the phone before they travel, shows them, and lets each be taken out again:
//   <input type="file" multiple data-shrink-photos="id-of-the-list" data-remove="移除"> <ul id="id-of-the-list"></ul>
// Choosing again adds to what was chosen before: a phone takes one picture at a time.
// A file that the browser cannot read travels as it is; the server checks every file anyway.
import { fresh } from "./bound.js";

const LONGEST = 2048;
const QUALITY = 0.86;
const chosen = new WeakMap();

async function shrink(file) {
  if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 1500000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const body = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return body && body.size < file.size ? new File([body], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

function put(input, files) {
  const carrier = new DataTransfer();
  for (const file of files) carrier.items.add(file);
  input.files = carrier.files;
  chosen.set(input, [...files]);
}

function show(input, list) {
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...[...input.files].map((file, place) => {
    const item = document.createElement("li");
    if (file.type.startsWith("image/")) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      item.append(image);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = `${input.dataset.remove} ${file.name.slice(0, 16)}`;
    button.addEventListener("click", () => {
      put(input, [...input.files].filter((_, other) => other !== place));
      show(input, list);
    });
    item.append(button);
    return item;
  }));
}

function isSame(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

export function bind(part) {
  for (const input of fresh(part, "data-shrink-photos")) {
    const list = document.getElementById(input.dataset.shrinkPhotos);
    input.addEventListener("change", async () => {
      const before = chosen.get(input) ?? [];
      const added = await Promise.all([...input.files].map(shrink));
      put(input, [...before, ...added.filter((file) => !before.some((other) => isSame(file, other)))]);
      if (list) show(input, list);
    });
  }
}
