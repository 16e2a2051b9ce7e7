// Takes photos from the clipboard (copied in a chat or with a screenshot key) as if they had been chosen as files:
//   <section data-paste-photos="群聊图片" data-said="已从剪贴板加入 {count} 张照片。"> … <input type="file"> … <p data-pasted role="status"></p></section>
// What also holds text (cells of a sheet, words of a page) is left to the field that is being written in. Without scripts the file field stays.
import { fresh } from "./bound.js";

const KINDS = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif" };

function pictures(clipboard, name) {
  if (clipboard.types.includes("text/plain")) return [];
  const at = Date.now();
  return [...clipboard.files].filter((file) => KINDS[file.type]).map((file, place) => (
    new File([file], `${name}-${at}-${place + 1}.${KINDS[file.type]}`, { type: file.type, lastModified: at })));
}

export function bind(part) {
  for (const area of fresh(part, "data-paste-photos")) {
    const input = area.querySelector("input[type=file]");
    if (!input) continue;
    document.addEventListener("paste", (event) => {
      const found = event.clipboardData ? pictures(event.clipboardData, area.dataset.pastePhotos) : [];
      if (!found.length || !area.isConnected) return;
      event.preventDefault();
      const carrier = new DataTransfer();
      for (const file of [...(input.dataset.shrinkPhotos ? [] : input.files), ...found]) carrier.items.add(file);
      input.files = carrier.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      const said = area.querySelector("[data-pasted]");
      if (said) said.textContent = area.dataset.said.replace("{count}", found.length);
    });
  }
}
