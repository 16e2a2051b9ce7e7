// Photos of a form: made small on the phone without what the camera wrote into them, and kept on the disk at once:
//   <div data-photos><input type="file" accept="image/*" multiple><ul class="photos"></ul><p data-photos-said role="status"></p></div>
import { say } from "./page.js";
import { get, put, remove } from "./store.js";

const LONGEST = 1600;
const QUALITY = 0.8;
const MOST = 9;

// Always drawn anew: position, device and time that a camera writes into a file never leave the phone. Throws when it cannot be read.
async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("empty"))), "image/jpeg", QUALITY));
}

export class Photos {
  constructor(part, changed) {
    Object.assign(this, { part, changed, ids: [], list: part.querySelector(".photos"), said: part.querySelector("[data-photos-said]") });
    for (const input of part.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", async () => {
        const files = [...input.files];
        input.value = "";
        await this.add(files);
      });
    }
  }

  async add(files) {
    this.said.textContent = say("photo_working");
    const wrong = [];
    for (const file of files.slice(0, MOST - this.ids.length)) {
      try {
        const id = crypto.randomUUID();
        await put("photos", { id, blob: await small(file), name: `${id.slice(0, 8)}.jpg`, item: null, number: null, at: Date.now() });
        this.ids.push(id);
      } catch {
        wrong.push(file.name);
      }
    }
    await this.show();
    this.said.textContent = wrong.length ? say("photo_unreadable", { names: wrong.join("、") }) : say("photo_kept", { count: this.ids.length });
    this.changed();
  }

  async restore(ids) {
    const found = await Promise.all(ids.map((id) => get("photos", id)));
    this.ids = found.filter(Boolean).map((photo) => photo.id);
    await this.show();
  }

  async drop(id) {
    this.ids = this.ids.filter((one) => one !== id);
    await remove("photos", id);
    await this.show();
    this.changed();
  }

  clear() {
    this.ids = [];
    return this.show();
  }

  async show() {
    const found = await Promise.all(this.ids.map((id) => get("photos", id)));
    for (const image of this.list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.list.replaceChildren(...found.filter(Boolean).map((photo, place) => this.entry(photo, place + 1)));
  }

  entry(photo, place) {
    const [item, image, button] = ["li", "img", "button"].map((name) => document.createElement(name));
    image.src = URL.createObjectURL(photo.blob);
    image.alt = say("photo_number", { number: place });
    Object.assign(button, { type: "button", className: "button quiet", textContent: say("photo_remove", { number: place }) });
    button.addEventListener("click", () => this.drop(photo.id));
    item.append(image, button);
    return item;
  }
}
