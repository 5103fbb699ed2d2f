/**
 * The store: one entry an event in `storage.session`, which is memory and goes with the browser. Of what was
 * seen nothing is ever written to disk. On disk (`storage.local`) is one list, the addresses that the person
 * named, which must outlive the browser as the permissions for them do.
 *
 * The core owns the format and decides what goes; this file appends and deletes. An event is written in the
 * same turn in which it was seen, before anything else happens, so that a worker that is stopped loses
 * nothing.
 */
import { api } from "./browser.js";

/** @typedef {{id: string, kind: string, [field: string]: unknown}} StoredEvent */

const EVENT = "event ";
const SET_ASIDE = "set-aside ";
const HEADER = "header";
const DROPPED = "dropped";
const FOLLOWED = "followed";
const PAUSED = "paused-since";
const CURSOR = "cursor";
const COUNTED = "counted";
/** In `storage.local`. */
const INSTANCES = "instances";

const session = api.storage.session;

/** @param {unknown} error */
const complain = (error) => console.error("Samlight's store:", error instanceof Error ? error.message : "failed");

/**
 * Writes an event. Says whether the browser took it: it does not when the store is full.
 * @param {StoredEvent} event
 * @returns {Promise<boolean>}
 */
export function append(event) {
  return session.set({ [EVENT + event.id]: event }).then(() => true, (error) => {
    complain(error);
    return false;
  });
}

/** @param {StoredEvent[]} events */
export const addAll = (events) => session.set(Object.fromEntries(events.map((event) => [EVENT + event.id, event])));

/** @param {string[]} ids of events, also of those that were set aside */
export function remove(ids) {
  return session.remove(ids.flatMap((id) => [EVENT + id, SET_ASIDE + id])).catch(complain);
}

/**
 * Keeps events that the core could not take in apart from the rest.
 * @param {StoredEvent[]} events
 */
export async function setAside(events) {
  await session.remove(events.map(({ id }) => EVENT + id)).catch(complain);
  await session.set(Object.fromEntries(events.map((event) => [SET_ASIDE + event.id, event]))).catch(complain);
}

/** @param {object | null} dropped what the core says was dropped for want of room */
export const setDropped = (dropped) => session.set({ [DROPPED]: dropped }).catch(complain);

/** @param {object | null} cursor how far the core's reads came; nothing of what they brought */
export const setCursor = (cursor) => session.set({ [CURSOR]: cursor }).catch(complain);

/** @returns {Promise<object | null>} */
export const loadCursor = async () => /** @type {any} */ (await session.get(CURSOR))[CURSOR] ?? null;

/** @param {string} counted what the core counted in sign-ins that are over, for the next worker */
export const setCounted = (counted) => session.set({ [COUNTED]: counted }).catch(complain);

/** The browser's requests whose exchanges are followed. @param {string[]} requests */
export const saveFollowed = (requests) => session.set({ [FOLLOWED]: requests }).catch(complain);

/** @returns {Promise<string[]>} */
export const loadFollowed = async () => /** @type {any} */ (await session.get(FOLLOWED))[FOLLOWED] ?? [];

/** Deletes what was set aside: the core cannot read it, so nobody knows whose it is. */
export async function dropSetAside() {
  const names = Object.keys(await session.get(null)).filter((name) => name.startsWith(SET_ASIDE));
  await session.remove(names);
}

/** @param {unknown[]} instances the list to keep on disk, as the core gave it */
export async function setInstances(instances) {
  await api.storage.local.set({ [INSTANCES]: instances });
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
 * @param {{newHeader: () => string, unknownVersion: (header: string) => number | undefined, settingsEvent: (instances: string) => string}} format
 * @returns {Promise<{events: StoredEvent[], setAside: StoredEvent[], dropped: object | null, counted: string, paused: boolean, clearedVersion?: number}>}
 */
export async function load({ newHeader, unknownVersion, settingsEvent }) {
  const { [INSTANCES]: instances = [] } = await api.storage.local.get(INSTANCES);
  let all = await session.get(null);
  const header = all[HEADER];
  const clearedVersion = header === undefined ? undefined : unknownVersion(JSON.stringify(header));
  if (clearedVersion !== undefined) {
    await clear();
    all = { [PAUSED]: all[PAUSED] };
  }
  if (header === undefined || clearedVersion !== undefined) await session.set({ [HEADER]: JSON.parse(newHeader()) });
  // The list on disk is the truth; the event that tells it is part of the trace.
  const { id, event } = JSON.parse(settingsEvent(JSON.stringify(instances)));
  if (event) {
    all[EVENT + id] = event;
    await append(event);
  } else if (EVENT + id in all) {
    delete all[EVENT + id];
    await remove([id]);
  }
  const since = all[PAUSED];
  const events = named(all, EVENT);
  // A worker that woke while recording is paused stores what it sees before it knows; that goes at once.
  const late = typeof since === "number" ? events.filter((event) => Number(event.id.split("-")[0]) >= since) : [];
  if (late.length) await remove(late.map((event) => event.id));
  return {
    events: events.filter((event) => !late.includes(event)),
    setAside: named(all, SET_ASIDE),
    dropped: all[DROPPED] ?? null,
    counted: String(all[COUNTED] ?? ""),
    paused: typeof since === "number",
    clearedVersion,
  };
}

/**
 * @param {Record<string, any>} all
 * @param {string} beginning
 * @returns {StoredEvent[]}
 */
const named = (all, beginning) => Object.keys(all).filter((name) => name.startsWith(beginning)).sort().map((name) => all[name]);
