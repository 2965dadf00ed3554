// What is kept on the device: hours that wait to be sent, and what the form needs without a connection.
//
// entries  {client_id, person, changed_at, entry, state: "waiting" | "problem", status, problems, existing, timer}
// people   {person, jobs, last, lengths, timer}: what to offer; forgotten when the person signs out
// meta     "current": whose device this is now, by an opaque key; "language"
//
// Everything about hours is found by the key of the person who made them: nobody else's is ever read here.
let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("peerladder", 1);
    // A later version adds to these and takes nothing away: hours may be waiting.
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "client_id" }).createIndex("person", "person");
      request.result.createObjectStore("people", { keyPath: "person" });
      request.result.createObjectStore("meta");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => {
        request.result.close();
        opened = undefined;
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within(name, mode, act) {
  const db = await database();
  return new Promise((resolve, reject) => {
    // "strict": an entry counts as kept once it is on the disk, not before.
    const transaction = db.transaction(name, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const request = act(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

const read = (name, act) => within(name, "readonly", act);
const write = (name, act) => within(name, "readwrite", act);

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("peerladder") : null;
const listeners = new Set();

function changed() {
  channel?.postMessage("changed");
  for (const listener of listeners) listener();
}

/** Call `listener` whenever hours are kept, sent or dropped, here or in another window. */
export function watch(listener) {
  listeners.add(listener);
  channel?.addEventListener("message", listener);
}

export const current = () => read("meta", (store) => store.get("current"));
export const language = () => read("meta", (store) => store.get("language"));
export const setLanguage = (value) => write("meta", (store) => store.put(value, "language"));

/** From now on the device is this person's; null where nobody is signed in. */
export async function become(person) {
  if ((await current()) === person) return;
  await write("meta", (store) => store.put(person, "current"));
  changed();
}

export const knownOf = (person) => read("people", (store) => store.get(person));
export const know = (record) => write("people", (store) => store.put(record));

/** Everything but the hours that wait: those are theirs until they are sent or thrown away. */
export const forget = (person) => write("people", (store) => store.delete(person));

export async function entriesOf(person) {
  if (!person) return [];
  const found = await read("entries", (store) => store.index("person").getAll(person));
  return found.sort((a, b) => (a.entry.day < b.entry.day ? -1 : a.entry.day > b.entry.day ? 1 : a.changed_at - b.changed_at));
}

export async function keep(record) {
  await write("entries", (store) => store.put(record));
  changed();
}

export async function drop(clientId) {
  await write("entries", (store) => store.delete(clientId));
  changed();
}

/** Change an entry only if nobody changed it since it was read: what was sent may be edited meanwhile. */
export async function settle(sent, after) {
  await write("entries", (store) => {
    const request = store.get(sent.client_id);
    request.onsuccess = () => {
      if (request.result?.changed_at !== sent.changed_at) return;
      if (after) store.put(after);
      else store.delete(sent.client_id);
    };
    return request;
  });
  changed();
}
