// What the phone keeps, in one database: steps, photos, copies of what was read, drafts, marks. A promise is kept only when it is on the disk.
//   await enqueue(item, { draft: "report" });  await change("items", id, (item) => ({ ...item, state: "sent" }));
const NAME = "linli-pocket";
let opened = null;

function open() {
  opened ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const store of ["items", "photos"]) request.result.createObjectStore(store, { keyPath: "id" });
      for (const store of ["copies", "drafts", "marks"]) request.result.createObjectStore(store, { keyPath: "name" });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      request.result.onclose = () => { opened = null; };
      done(request.result);
    };
    request.onerror = () => { opened = null; failed(request.error); };
  });
  return opened;
}

// One transaction; the promise is kept when it is complete, with what `work` returned (a request gives its result).
async function within(stores, mode, work) {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const found = work(...stores.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => done(found instanceof IDBRequest ? found.result : found?.value);
    transaction.onabort = () => failed(transaction.error ?? new DOMException("Aborted", "AbortError"));
  });
}

export const all = (store) => within([store], "readonly", (objects) => objects.getAll());
export const get = (store, key) => within([store], "readonly", (objects) => objects.get(key));
export const put = (store, value) => within([store], "readwrite", (objects) => { objects.put(value); });
export const remove = (store, ...keys) => within([store], "readwrite", (objects) => { for (const key of keys) objects.delete(key); });

// Read, change and write in one transaction, so that two tabs cannot undo each other. Nothing when it is gone.
export function change(store, key, how) {
  return within([store], "readwrite", (objects) => {
    const held = { value: null };
    objects.get(key).onsuccess = (event) => {
      if (!event.target.result) return;
      held.value = how(event.target.result);
      if (held.value) objects.put(held.value);
    };
    return held;
  });
}

// A step joins the outbox with its photos, and its draft is over: all of it or nothing.
export function enqueue(item, { draft = "" } = {}) {
  return within(["items", "photos", "drafts", "marks"], "readwrite", (items, photos, drafts, marks) => {
    marks.get("seq").onsuccess = (event) => {
      const seq = (event.target.result?.value ?? 0) + 1;
      marks.put({ name: "seq", value: seq });
      items.put({ ...item, seq });
      if (draft) drafts.delete(draft);
    };
    for (const id of item.photos) {
      photos.get(id).onsuccess = (event) => { if (event.target.result) photos.put({ ...event.target.result, item: item.id }); };
    }
  });
}

// A step is done or dropped: its photos need not be kept any longer.
export function settle(id, how) {
  return within(["items", "photos"], "readwrite", (items, photos) => {
    items.get(id).onsuccess = (event) => {
      if (!event.target.result) return;
      const made = how(event.target.result);
      items.put(made);
      for (const photo of made.photos) photos.delete(photo);
    };
  });
}
