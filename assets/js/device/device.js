// What every page does about the device: whose it is, what waits on it, and sending that.
import { SIGN_OUT, WORKER, shell } from "./addresses.js";
import { ask, send } from "./outbox.js";
import * as store from "./store.js";

export async function device() {
  if (!("serviceWorker" in navigator) || !("indexedDB" in window)) return;
  const { person } = document.body.dataset;
  // The page that works without a connection says nothing about who is there.
  if (person === undefined) return;
  const logs = "device" in document.body.dataset;
  if (!logs && !(await navigator.serviceWorker.getRegistration())) return;
  if (!person) return leave();
  await store.become(person);
  await store.setLanguage(document.documentElement.lang);
  guardSignOut(person);
  outbox(person);
  if (!logs) return;
  navigator.serviceWorker.register(WORKER).catch(() => {});
  remember(person);
}

/** Nobody is signed in: what was offered to the last person is forgotten, what they logged is not. */
async function leave() {
  const person = await store.current();
  if (!person) return;
  await store.forget(person);
  await store.become(null);
}

/** What the form offers without a connection. A timer that runs on this device goes on. */
async function remember(person) {
  const server = await ask().catch(() => null);
  if (server?.person !== person) return;
  const { csrf, ...known } = server;
  const before = await store.knownOf(person);
  await store.know(before?.timer?.here ? { ...known, timer: before.timer } : known);
}

/** The line that says how much waits here, and that some was sent: by this page, another or the service worker. */
function outbox(person) {
  const place = document.querySelector("[data-outbox]");
  let waited = 0;
  const show = async () => {
    const records = await store.entriesOf(person);
    if (!place) return;
    const odd = records.some((record) => record.state === "problem");
    const { one, many, problem } = place.dataset;
    place.hidden = !records.length;
    place.querySelector("[data-text]").textContent =
      (records.length === 1 ? one : many).replace("%s", String(records.length)) + (odd ? ` ${problem}` : "");
    place.querySelector("a").href = shell(document.documentElement.lang);
    const said = document.querySelector("[data-outbox-sent]");
    if (said && records.length < waited) said.hidden = false;
    waited = records.length;
  };
  store.watch(show);
  show().then(send);
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
}

/** Whoever signs out while hours wait is told, and decides what becomes of them. */
function guardSignOut(person) {
  const dialog = document.querySelector("[data-leaving]");
  let form;
  const go = async () => {
    await store.forget(person);
    await store.become(null);
    form.submit();
  };
  document.addEventListener("submit", async (event) => {
    if (!event.target.action?.endsWith(SIGN_OUT)) return;
    event.preventDefault();
    form = event.target;
    try {
      await send();
      if (dialog && (await store.entriesOf(person)).length) dialog.showModal();
      else await go();
    } catch {
      form.submit(); // whatever is wrong with this device's store, nobody is kept signed in by it
    }
  });
  dialog?.addEventListener("click", async (event) => {
    const choice = event.target.closest("[data-choice]")?.dataset.choice;
    if (choice === "drop") {
      document.querySelector("[data-outbox-sent]")?.remove(); // what is deleted was not sent
      for (const record of await store.entriesOf(person)) await store.drop(record.client_id);
    }
    if (choice === "drop" || choice === "keep") go();
    else if (choice) dialog.close();
  });
}
