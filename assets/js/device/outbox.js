// Sends what waits. Runs in pages and in the service worker; sent twice, it is stored once, by its client_id.
import { BATCH, CLEAR_TIMER, DEVICE } from "./addresses.js";
import * as store from "./store.js";

const AT_ONCE = 200;

/**
 * Who is signed in, with a fresh token and what the form needs to know: {person, csrf, jobs, last, lengths, timer}.
 * null where nobody is signed in; throws without a connection.
 */
export async function ask() {
  const answer = await fetch(DEVICE, { redirect: "manual", cache: "no-store", headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

export const post = (address, server, body, method = "POST") =>
  fetch(address, {
    method,
    redirect: "manual",
    headers: { "Content-Type": "application/json", "X-CSRFToken": server.csrf },
    body: JSON.stringify(body),
  });

/**
 * Send all that waits for the person whose device this is. Returns what came of it: "nothing" to send, "sent",
 * "offline", "signed-out" (also: somebody else is signed in), or "later" where the server did not take them.
 */
export const send = () => ("locks" in navigator ? navigator.locks.request("peerladder-outbox", deliver) : deliver());

async function deliver() {
  const person = await store.current();
  const waiting = (await store.entriesOf(person)).filter((record) => record.state === "waiting");
  if (!waiting.length) return "nothing";
  try {
    const server = await ask();
    // A token of one session is refused in the next, so that nothing is sent for whoever signs in meanwhile.
    if (server?.person !== person) return "signed-out";
    for (let from = 0; from < waiting.length; from += AT_ONCE) {
      const answer = await deliverSome(server, waiting.slice(from, from + AT_ONCE));
      if (answer !== "sent") return answer;
    }
    return "sent";
  } catch {
    return "offline";
  }
}

async function deliverSome(server, records) {
  const entries = records.map((record) => ({ client_id: record.client_id, ...record.entry }));
  const answer = await post(BATCH, server, { entries });
  if (answer.status === 401 || answer.status === 403) return "signed-out";
  if (!answer.ok) return "later";
  const { results } = await answer.json();
  for (const [place, record] of records.entries()) await settle(server, record, results[place]);
  return "sent";
}

async function settle(server, record, result) {
  if (result.status === "stored" || result.status === "already_stored") {
    if (record.timer) await clearTimer(server, record.timer);
    return store.settle(record, null);
  }
  const { status, problems, existing } = result;
  return store.settle(record, { ...record, state: "problem", status, problems, existing });
}

function clearTimer(server, startedAt) {
  const body = new URLSearchParams({ started_at: startedAt });
  return fetch(CLEAR_TIMER, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": server.csrf }, body });
}

/** Keep an entry and ask the browser to wake us when the connection is back. */
export async function keep(record) {
  await store.keep({ state: "waiting", problems: [], existing: null, ...record, changed_at: Date.now() });
  const registration = globalThis.registration ?? (await globalThis.navigator.serviceWorker?.getRegistration());
  // Not every browser has it; then the next page that opens sends.
  await registration?.sync?.register("outbox").catch(() => {});
}
