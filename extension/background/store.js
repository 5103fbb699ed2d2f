/**
 * The store: one entry an event in `storage.session`, which is memory and goes with the browser. Nothing is ever
 * written to disk.
 *
 * The core owns the format and decides what goes; this file appends and deletes. An event is written in the same turn
 * in which it was seen, before anything else happens, so that a worker that is stopped loses nothing.
 */
import { api } from "./browser.js";

/** @typedef {{id: string, kind: string, [field: string]: unknown}} StoredEvent */

const EVENT = "event ";
const SET_ASIDE = "set-aside ";
const HEADER = "header";
const PAUSED = "paused-since";

const session = api.storage.session;

/** @param {unknown} error */
const complain = (error) => console.error("Samlight's store:", error instanceof Error ? error.message : "failed");

/** @param {StoredEvent} event */
export function append(event) {
  return session.set({ [EVENT + event.id]: event }).catch(complain);
}

/** @param {StoredEvent[]} events */
export const addAll = (events) => session.set(Object.fromEntries(events.map((event) => [EVENT + event.id, event])));

/** @param {string[]} ids */
export function remove(ids) {
  return session.remove(ids.map((id) => EVENT + id)).catch(complain);
}

/**
 * Keeps events that the core could not take in apart from the rest.
 * @param {string[]} ids
 */
export async function setAside(ids) {
  const found = await session.get(ids.map((id) => EVENT + id));
  const apart = Object.entries(found).map(([name, event]) => [SET_ASIDE + name.slice(EVENT.length), event]);
  await session.set(Object.fromEntries(apart));
  await remove(ids);
}

/** Deletes the trace; what is paused stays paused. */
export async function clear() {
  const names = Object.keys(await session.get(null)).filter((name) => name !== PAUSED);
  await session.remove(names);
}

/** @param {number | null} since milliseconds, or null to go on recording */
export async function setPaused(since) {
  if (since === null) await session.remove(PAUSED);
  else await session.set({ [PAUSED]: since });
}

/**
 * Everything that a starting worker needs.
 * @param {{newHeader: () => string, unknownVersion: (header: string) => number | undefined}} format
 * @returns {Promise<{events: StoredEvent[], setAside: number, paused: boolean, clearedVersion?: number}>}
 */
export async function load({ newHeader, unknownVersion }) {
  let all = await session.get(null);
  const header = all[HEADER];
  const clearedVersion = header === undefined ? undefined : unknownVersion(JSON.stringify(header));
  if (clearedVersion !== undefined) {
    await clear();
    all = { [PAUSED]: all[PAUSED] };
  }
  if (header === undefined || clearedVersion !== undefined) await session.set({ [HEADER]: JSON.parse(newHeader()) });
  const since = all[PAUSED];
  const events = Object.keys(all).filter((name) => name.startsWith(EVENT)).sort().map((name) => /** @type {StoredEvent} */ (all[name]));
  // A worker that woke while recording is paused stores what it sees before it knows; that goes at once.
  const late = typeof since === "number" ? events.filter((event) => Number(event.id.split("-")[0]) >= since) : [];
  if (late.length) await remove(late.map((event) => event.id));
  return {
    events: events.filter((event) => !late.includes(event)),
    setAside: Object.keys(all).filter((name) => name.startsWith(SET_ASIDE)).length,
    paused: typeof since === "number",
    clearedVersion,
  };
}
