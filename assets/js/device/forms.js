// The forms for logging, read as the server would: what each says becomes an entry for the API.
import { readMinutes } from "./lengths.js";

/** One entry of the form for a day: {client_id, entry, draft, timer, typed}; minutes are null where unreadable. */
export function ofDay(data) {
  const typed = (data.get("hours") || "").trim();
  const minutes = typed ? readMinutes(typed) : Number(data.get("length")) || null;
  return record(data, "", { client_id: data.get("client_id") || crypto.randomUUID(), minutes, typed });
}

/** The rows of the week that somebody filled in. */
export async function ofWeek(data) {
  const rows = [];
  for (let n = 0; n < Number(data.get("hours-TOTAL_FORMS")); n += 1) {
    const prefix = `hours-${n}-`;
    if (!["hours", "starts", "note"].some((name) => (data.get(prefix + name) || "").trim())) continue;
    const typed = (data.get(`${prefix}hours`) || "").trim();
    // The id that the server would give this row: should it have been stored after all, it is stored once.
    const client_id = await uuid5(data.get("batch"), `hours-${n}`);
    rows.push(record(data, prefix, { client_id, minutes: readMinutes(typed), typed }));
  }
  return rows;
}

function record(data, prefix, { client_id, minutes, typed }) {
  const text = (name) => (data.get(prefix + name) || "").trim();
  const entry = {
    employment: Number(text("employment")),
    day: text("day"),
    minutes,
    domain: text("domain"),
    mode: text("mode"),
    starts: text("starts") || null,
    note: text("note"),
  };
  if (text("work")) entry.work = text("work");
  if (data.get("draft")) entry.draft = true;
  return { client_id, entry, typed, timer: Number(data.get("timer")) || null };
}

async function uuid5(space, name) {
  const bytes = Uint8Array.from(space.replaceAll("-", "").match(/../g), (pair) => parseInt(pair, 16));
  const words = new TextEncoder().encode(name);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array([...bytes, ...words])));
  digest[6] = (digest[6] & 0x0f) | 0x50;
  digest[8] = (digest[8] & 0x3f) | 0x80;
  const hex = [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
