// The timer on the device, for when there is no connection. Begun here it lives here; one that runs on the
// server is shown, and its time can be logged here too.
import { asTyped } from "./lengths.js";
import * as store from "./store.js";

const LONGEST = 16 * 3600;
const seconds = () => Math.floor(Date.now() / 1000);

/**
 * Show it and let it be started and stopped; `onStop(spans, began)` gets its time by day. Stopped, it stays until
 * its time is kept: the function that comes back takes it away, if it began then.
 */
export function drawTimer(place, known, onStop) {
  const box = place.querySelector("[data-timer]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const show = () => {
    const { timer } = known;
    part("begin").hidden = Boolean(timer);
    for (const name of ["end", "clear", "running"]) part(name).hidden = !timer;
    if (!timer) return;
    const minutes = Math.floor(((timer.stopped_at ?? seconds()) - timer.started_at) / 60);
    part("running").textContent = `${clockOf(timer.started_at)} · ${asTyped(Math.max(0, minutes))}`;
  };
  const set = async (timer) => {
    known.timer = timer;
    await store.know(known);
    show();
  };
  part("begin").addEventListener("click", () => set({ started_at: seconds(), stopped_at: null, here: true }));
  part("clear").addEventListener("click", () => set(null));
  part("end").addEventListener("click", async () => {
    const { timer } = known;
    await set({ ...timer, stopped_at: timer.stopped_at ?? seconds() });
    onStop(split(timer.started_at, known.timer.stopped_at), timer.started_at);
  });
  box.hidden = false;
  show();
  setInterval(show, 15000);
  return (began) => known.timer?.started_at === began && set(null);
}

const clockOf = (moment) => new Date(moment * 1000).toTimeString().slice(0, 5);
const dayOf = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

/** [{day, starts, minutes}] in whole minutes, cut at midnight; too long for work, only when it began. */
export function split(began, ended) {
  const begin = new Date(began * 1000);
  const midnight = new Date(begin.getFullYear(), begin.getMonth(), begin.getDate() + 1).getTime() / 1000;
  const span = (from, until) => ({
    day: dayOf(new Date(from * 1000)),
    starts: clockOf(from),
    minutes: Math.floor((until - from) / 60),
  });
  if (ended - began > LONGEST) return [span(began, began)];
  const spans = ended <= midnight ? [span(began, ended)] : [span(began, midnight), span(midnight, ended)];
  const worked = spans.filter(({ minutes }) => minutes);
  return worked.length ? worked : [span(began, began)];
}
