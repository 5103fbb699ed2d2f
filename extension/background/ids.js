/** The ids of events: when they happened, by which start of this worker they were told, and a number. */

const boot = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(36)).join("").slice(0, 6);
/**
 * The newest time so far, in milliseconds: a clock that is set back does not put later events before earlier
 * ones.
 */
let latest = 0;
let counter = 0;
/**
 * How late an event may be told and still stand where it happened, in milliseconds: a worker must start
 * first.
 */
const MOST_LATE = 60_000;

/**
 * A new event's id: time, this start of the worker, number.
 * @param {number} [happened] when, in milliseconds: a worker that was just woken is not told of events in their order
 */
export function nextId(happened = Date.now()) {
  const now = Date.now();
  const time = now < latest ? latest : Math.floor(Math.min(Math.max(happened, now - MOST_LATE), now));
  latest = Math.max(latest, now);
  counter += 1;
  return `${String(time).padStart(13, "0")}-${boot}-${String(counter).padStart(6, "0")}`;
}
