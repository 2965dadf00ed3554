// The service worker. It keeps the program itself for when there is no connection, and never a page about a
// person: what is cached is the same for everybody. SHELL {version, files, shells} comes from the server.
import { LOG, WEEK, shell } from "./device/addresses.js";
import { ofDay, ofWeek } from "./device/forms.js";
import { keep, send } from "./device/outbox.js";
import * as store from "./device/store.js";

const { version, files, shells } = self.SHELL;
const FILES = new Set(files);

self.addEventListener("install", (event) => {
  // Without cookies: the shell must not know who asked for it. What the browser has already is only asked after.
  const wanted = [...files, ...shells].map((address) => new Request(address, { cache: "no-cache", credentials: "omit" }));
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== version) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (FILES.has(pathname)) event.respondWith(kept(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(fetch(request).catch(() => openShell(pathname)));
  else if (pathname === LOG || pathname === WEEK) event.respondWith(logged(request, pathname));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(send().then(orAgain));
});

/** A sync that fails is tried again by the browser. */
function orAgain(answer) {
  if (answer === "offline" || answer === "later") throw new Error(answer);
}

async function kept(request) {
  return (await caches.match(request, { cacheName: version, ignoreVary: true })) ?? fetch(request);
}

async function openShell(pathname) {
  const address = shells.includes(pathname) ? pathname : shell(await store.language());
  return (await caches.match(address, { cacheName: version, ignoreVary: true })) ?? Response.error();
}

/** A form that did not get through is kept. If it did, and only the answer was lost, its ids store it once. */
async function logged(request, pathname) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch {
    const data = await copy.formData();
    // Theirs for whom the page was made, whoever signed in since in another window.
    const person = data.get("device");
    if (!person) return Response.error();
    const records = pathname === LOG ? [ofDay(data)] : await ofWeek(data);
    for (const record of records) await keep({ person, ...record, ...unreadable(record) });
    return Response.redirect(`${shell(await store.language())}?kept=${records.length}`, 303);
  }
}

/** What the server would refuse is not sent, and stands there to be put right. */
function unreadable({ entry }) {
  const wrong = !entry.minutes ? "minutes" : !entry.day ? "day" : "";
  return wrong ? { state: "problem", status: "refused", problems: [{ field: wrong, message: "" }] } : {};
}
