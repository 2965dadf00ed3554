// The page for logging without a connection, and for what waits on this device.
import { HOURS } from "./device/addresses.js";
import { ofDay } from "./device/forms.js";
import { asTyped, inWords } from "./device/lengths.js";
import { ask, keep, post, send } from "./device/outbox.js";
import * as store from "./device/store.js";
import { drawTimer } from "./device/offline_timer.js";

const DAY_MINUTES = 24 * 60;
const LONG_DAY = 12 * 60;
const place = document.querySelector("[data-shell]");
const words = place.dataset;
const form = place.querySelector("form");
const lists = place.querySelectorAll("[data-list]");
const locale = document.documentElement.lang === "es" ? "es-US" : "en-US";
const dayInWords = new Intl.DateTimeFormat(locale, { weekday: "short", month: "long", day: "numeric", timeZone: "UTC" });

let person;
let known;
let logged = () => {}; // takes the timer away
let rest = []; // what a timer that ran past midnight leaves for a second entry

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

async function start() {
  person = await store.current();
  known = person && (await store.knownOf(person));
  place.querySelector("[data-nobody]").hidden = Boolean(person);
  place.querySelector("[data-unknown]").hidden = !person || Boolean(known);
  form.hidden = !known;
  if (known) {
    fillJobs();
    suggest();
    logged = drawTimer(place, known, fillFromTimer);
  }
  form.addEventListener("submit", submitted);
  for (const list of lists) list.addEventListener("click", chosen);
  store.watch(draw);
  await draw();
  await attempt();
  window.addEventListener("online", attempt);
  window.addEventListener("offline", attempt);
}

function fillJobs() {
  const select = form.elements.employment;
  select.replaceChildren(...known.jobs.map(({ id, label }) => new Option(label, id)));
  const choices = form.querySelector("[data-lengths]");
  choices.replaceChildren(
    ...known.lengths.map((minutes, n) => {
      const choice = document.createElement("div");
      choice.append(
        Object.assign(document.createElement("input"), { type: "radio", name: "length", value: minutes, id: `id_length_${n}` }),
        Object.assign(document.createElement("label"), { htmlFor: `id_length_${n}`, textContent: inWords(minutes) }),
      );
      return choice;
    }),
  );
}

function suggest() {
  form.reset();
  form.elements.client_id.value = crypto.randomUUID();
  form.elements.timer.value = "";
  form.elements.day.value = today();
  for (const name of ["employment", "domain", "mode", "work"]) {
    if (known.last?.[name] !== undefined) form.elements[name].value = known.last[name];
  }
  const next = rest.shift();
  if (next) fillFromTimer([next], next.began);
}

function fillFromTimer([span, ...more], began) {
  rest = more.map((other) => ({ ...other, began }));
  form.elements.day.value = span.day;
  form.elements.starts.value = span.starts;
  form.elements.hours.value = span.minutes ? asTyped(span.minutes) : "";
  form.elements.timer.value = began;
  form.querySelector("details").open = true;
  form.elements.hours.focus();
}

// Keeping

async function submitted(event) {
  event.preventDefault();
  const record = ofDay(new FormData(form));
  clearErrors();
  const beside = (await store.entriesOf(person)).filter((other) => other.client_id !== record.client_id);
  const wrong = problems(record, beside);
  for (const [name, text] of wrong) showError(name, text);
  if (wrong.length) return form.elements[wrong[0][0]].focus();
  const total = minutesOn(record.entry.day, beside) + record.entry.minutes;
  const asked = place.querySelector("[data-asked]");
  if (total > LONG_DAY && event.submitter?.name !== "sure") {
    asked.querySelector("[data-text]").textContent = words.longDay.replace("%s", inWords(total));
    asked.hidden = false;
    asked.querySelector("button").focus();
    return undefined;
  }
  asked.hidden = true;
  navigator.storage?.persist?.(); // so that the browser does not clear it away
  await keep({ person, ...record });
  if (!rest.length) await logged(record.timer);
  suggest();
  say(words.kept);
  return attempt();
}

const minutesOn = (day, records) =>
  records.filter(({ entry }) => entry.day === day).reduce((sum, { entry }) => sum + (entry.minutes || 0), 0);

/** [field, sentence] of what the ledger would refuse, as far as this device can know. */
function problems({ entry }, beside) {
  const found = [];
  const job = known.jobs.find(({ id }) => id === entry.employment);
  const begins = entry.starts ? clock(entry.starts) : null;
  if (!entry.minutes) found.push(["hours", words.sayHowLong]);
  else if (entry.minutes > DAY_MINUTES) found.push(["hours", words.tooLong]);
  else if (begins !== null && begins + entry.minutes > DAY_MINUTES) found.push(["hours", words.pastMidnight]);
  else if (minutesOn(entry.day, beside) + entry.minutes > DAY_MINUTES) found.push(["hours", words.tooLong]);
  if (!entry.day || entry.day > today()) found.push(["day", words.toCome]);
  else if (job && (entry.day < job.from || (job.until && entry.day > job.until))) found.push(["day", words.notInJob]);
  const overlaps = (other) =>
    other.entry.day === entry.day &&
    other.entry.starts &&
    clock(other.entry.starts) < begins + entry.minutes &&
    begins < clock(other.entry.starts) + other.entry.minutes;
  if (begins !== null && beside.some(overlaps)) found.push(["starts", words.overlap]);
  return found;
}

const clock = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

function showError(name, text) {
  const field = form.elements[name];
  const message = Object.assign(document.createElement("div"), { className: "usa-error-message", textContent: text, id: `error_${name}` });
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", message.id);
  field.closest("details")?.setAttribute("open", "");
  field.closest(".usa-form-group").insertBefore(message, field.closest(".pl-select") ?? field);
}

function clearErrors() {
  for (const message of form.querySelectorAll(".usa-error-message")) message.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

// What waits

async function draw() {
  // Signed out, or somebody else signed in, in another window.
  if ((await store.current()) !== person) return window.location.reload();
  const records = await store.entriesOf(person);
  for (const list of lists) {
    const found = records.filter(({ state }) => state === list.dataset.list);
    list.hidden = !found.length;
    list.querySelector("ul").replaceChildren(...found.map(item));
  }
}

function item(record) {
  const made = place.querySelector("template").content.cloneNode(true).firstElementChild;
  const set = (name, text) => {
    const target = made.querySelector(`[data-${name}]`);
    if (text) target.textContent = text;
    else target.remove();
  };
  made.dataset.id = record.client_id;
  made.dataset.state = record.state;
  set("mine", inOneLine(record.entry, record.typed));
  set("reason", record.problems.map(reason).join(" "));
  const odd = record.state === "problem";
  made.querySelector("[data-badge-waiting]").hidden = odd;
  made.querySelector("[data-badge-problem]").hidden = !odd;
  made.querySelector("[data-both]").hidden = !odd;
  set("theirs", odd && (record.existing ? `${inOneLine(record.existing)} · ${statusWord(record.existing.status)}` : words.nothingThere));
  // Under the same id the server has other content: mine can take its place, or go.
  made.querySelector("[data-do=replace]").hidden = record.status !== "conflict";
  made.querySelector("[data-do=edit]").hidden = record.status === "conflict";
  made.querySelector("[data-do=again]").hidden = !odd || record.status === "conflict" || !record.entry.minutes;
  return made;
}

/** The server's sentence; where this device found it, ours. */
const reason = ({ field, message }) => message || (field === "day" ? words.sayDay : words.sayHowLong);

function inOneLine(entry, typed) {
  const label = (name) => [...form.elements[name].options].find(({ value }) => value === String(entry[name]))?.text;
  const day = entry.day ? dayInWords.format(new Date(`${entry.day}T00:00Z`)) : "";
  const time = entry.starts ? entry.starts.slice(0, 5) : "";
  const length = entry.minutes ? inWords(entry.minutes) : typed;
  return [day, time, length, label("domain"), label("employment"), entry.note].filter(Boolean).join(" · ");
}

const statusWord = (status) => words[`status${status[0].toUpperCase()}${status.slice(1)}`] ?? status;

async function chosen(event) {
  const action = event.target.closest("[data-do]")?.dataset.do;
  const id = event.target.closest("[data-id]")?.dataset.id;
  const record = (await store.entriesOf(person)).find((one) => one.client_id === id);
  if (!action || !record) return;
  if (action === "discard") await store.drop(id);
  if (action === "again") await keep({ ...record, state: "waiting", problems: [], existing: null });
  if (action === "edit") edit(record);
  if (action === "replace") await replace(record);
  if (action === "again") await attempt();
}

function edit(record) {
  form.reset();
  clearErrors();
  for (const [name, value] of Object.entries(record.entry)) {
    if (form.elements[name] && value !== null) form.elements[name].value = String(value);
  }
  form.elements.starts.value = record.entry.starts ?? "";
  form.elements.hours.value = record.entry.minutes ? asTyped(record.entry.minutes) : record.typed;
  form.elements.client_id.value = record.client_id;
  form.elements.timer.value = record.timer ?? "";
  form.querySelector("details").open = Boolean(record.entry.starts || record.entry.note || record.entry.work);
  form.elements.hours.focus();
}

/** Mine in the place of what the server has. Approved hours are refused there, with the reason. */
async function replace(record) {
  const server = await ask().catch(() => null);
  if (server?.person !== person) return attempt();
  const answer = await post(`${HOURS}/${record.existing.id}`, server, record.entry, "PATCH").catch(() => null);
  if (!answer) return attempt();
  if (answer.ok) return store.drop(record.client_id);
  const { detail } = await answer.json().catch(() => ({ detail: words.later }));
  return store.keep({ ...record, problems: [{ field: "", message: detail }] });
}

// The connection

async function attempt() {
  const before = (await store.entriesOf(person)).length;
  const sent = await send();
  // A phone that says it is online may reach nobody: only an answer counts.
  const answer = sent === "nothing" ? await reach() : sent;
  const status = { "signed-out": words.signedOut, later: words.later, offline: words.offline }[answer];
  place.querySelector("[data-status]").textContent = status ?? words.online;
  place.querySelector("[data-sign-in]").hidden = answer !== "signed-out";
  if (answer === "sent" && (await store.entriesOf(person)).length < before) say(words.sent);
}

const reach = () =>
  ask().then(
    (server) => (server?.person === person ? "online" : "signed-out"),
    () => "offline",
  );

function say(text) {
  const said = place.querySelector("[data-said]");
  said.querySelector("[data-text]").textContent = text;
  said.hidden = false;
}

start();
