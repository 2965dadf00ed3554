// Lengths of time as people type them; the same rules as workers/forms/fields.py.
const WHOLE = /^(\d{1,4})\s*(?::|h)\s*(?:(\d{1,2})(?:\s*m(?:in)?)?)?$/i;
const DECIMAL = /^(\d{0,5})(?:[.,](\d{1,4}))?\s*(?:hours?|hrs?|horas?)?$/i;
const MINUTES = /^(\d{1,6})\s*(?:m|min|mins|minutes|minutos)$/i;

/** Whole minutes, or null for what cannot be read. Parts of a minute are dropped: nothing is rounded up. */
export function readMinutes(text) {
  const words = text.trim();
  let found = words.match(MINUTES);
  if (found) return Number(found[1]);
  found = words.match(WHOLE);
  if (found) return Number(found[2] || 0) < 60 ? Number(found[1]) * 60 + Number(found[2] || 0) : null;
  found = words.match(DECIMAL);
  if (!found || (!found[1] && !found[2])) return null;
  // In whole numbers: 0.29 × 60 is not 17.4 for a computer.
  const parts = found[2] || "";
  return Math.floor((Number(`${found[1] || 0}${parts}`) * 60) / 10 ** parts.length);
}

export function inWords(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (!rest) return `${hours} h`;
  return hours ? `${hours} h ${rest} min` : `${rest} min`;
}

export const asTyped = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
