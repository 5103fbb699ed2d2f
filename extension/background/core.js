/**
 * The core in this worker: loads the Wasm when it is first needed, replays the store, then takes in events in order.
 *
 * Calls run one after the other. If the core traps on an event, the handle is dropped, the event is set aside, and the
 * rest is replayed; the person is told.
 */
import init, { Worker, store_header, unknown_version } from "../wasm/samlight.js";
import { api } from "./browser.js";
import { remember } from "./capture.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").StoredEvent} StoredEvent */

const boot = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(36)).join("").slice(0, 6);
let lastTime = 0;
let counter = 0;

/** A new event's id: time, this start of the worker, number. Taken in the turn in which the event is seen. */
export function nextId() {
  lastTime = Math.max(lastTime, Date.now());
  counter += 1;
  return `${String(lastTime).padStart(13, "0")}-${boot}-${String(counter).padStart(6, "0")}`;
}

/** @type {Worker | undefined} */
let worker;
/** Ids of the events that the handle has taken in. @type {Set<string>} */
let taken = new Set();
/** Events seen before the handle was ready. @type {StoredEvent[]} */
let waiting = [];
/** @type {{recording: boolean, setAside: number, clearedVersion: number | undefined}} */
let state = { recording: true, setAside: 0, clearedVersion: undefined };
/** Whether `state` is known, so that an event can be refused. */
let known = false;
/** @type {Promise<unknown>} */
let chain = Promise.resolve();
/** @type {() => void} */
let changed = () => {};

/** @param {() => void} listener called after each change of the trace or of the recording */
export function onChange(listener) {
  changed = listener;
}

/**
 * Runs `work` after all that was asked before, with the handle ready.
 * @template T
 * @param {(worker: Worker) => T | Promise<T>} work
 * @returns {Promise<T>}
 */
function inTurn(work) {
  const result = chain.then(async () => work(await ready()));
  chain = result.catch((error) => {
    console.error("Samlight's core:", error instanceof Error ? error.name : "failed");
    // After a trap the handle is not to be trusted; the next call replays the store.
    if (error instanceof WebAssembly.RuntimeError) worker = undefined;
  });
  return result;
}

async function ready() {
  if (worker) return worker;
  await init({ module_or_path: api.runtime.getURL("wasm/samlight_bg.wasm") });
  const loaded = await store.load({ newHeader: store_header, unknownVersion: unknown_version });
  state = { recording: !loaded.paused, setAside: loaded.setAside, clearedVersion: loaded.clearedVersion ?? state.clearedVersion };
  known = true;
  remember(loaded.events);
  // What was seen meanwhile is in the store already, or on its way there; while paused it must not be.
  const meanwhile = waiting;
  waiting = [];
  if (loaded.paused) await store.remove(meanwhile.map((event) => event.id));
  const events = new Map([...loaded.events, ...(loaded.paused ? [] : meanwhile)].map((event) => [event.id, event]));
  return replay([...events.keys()].sort().map((id) => /** @type {StoredEvent} */ (events.get(id))));
}

/** @param {StoredEvent[]} events */
async function replay(events) {
  const fresh = new Worker();
  const unreadable = /** @type {string[]} */ (JSON.parse(fresh.replay(JSON.stringify(events))));
  if (unreadable.length) {
    await store.setAside(unreadable);
    state.setAside += unreadable.length;
  }
  taken = new Set(events.map((event) => event.id));
  worker = fresh;
  return fresh;
}

/**
 * Takes in an event: stores it in this turn, shows it to the core in the next.
 * @param {{kind: string, [field: string]: unknown}} body
 */
export function observe(body) {
  if (known && !state.recording) return;
  const event = { id: nextId(), ...body };
  store.append(event);
  if (!worker) waiting.push(event);
  inTurn(async (handle) => {
    if (!state.recording || taken.has(event.id)) return;
    taken.add(event.id);
    try {
      handle.observe(JSON.stringify(event));
    } catch {
      await recover(event.id);
    }
    await makeRoom();
  }).then(changed, () => {});
}

/** @param {string} id the event that could not be taken in */
async function recover(id) {
  worker = undefined;
  await store.setAside([id]);
  await ready();
}

/** Deletes what the core says must go for the store to stay within its budget. */
async function makeRoom() {
  const excess = worker ? /** @type {string[]} */ (JSON.parse(worker.evict())) : [];
  if (!excess.length) return;
  await store.remove(excess);
  worker = undefined;
  await ready();
}

const context = () =>
  JSON.stringify({ now: Date.now(), recording: state.recording, quarantined: state.setAside, cleared_version: state.clearedVersion });

/**
 * Answers an own page's call.
 * @param {string} call
 */
export const ownCall = (call) => inTurn((handle) => handle.own_call(call, context()));

/**
 * Answers a content script's call.
 * @param {string} call
 * @param {{origin: string, place: {tab: number, private: boolean, cookie_store: string}}} sender
 * @returns {Promise<string>}
 */
export function pageCall(call, sender) {
  const id = nextId();
  return inTurn((handle) => {
    // While paused nothing is read, from pages either.
    if (!state.recording) return JSON.stringify({ recipe: null, notes: [], reads: [] });
    const answer = JSON.parse(handle.page_call(call, JSON.stringify(sender), id));
    if (answer.event) {
      taken.add(id);
      store.append(answer.event);
      changed();
    }
    return JSON.stringify(answer.reply);
  });
}

/** Everything in the store, as a JSON list. */
export const all = () =>
  inTurn(async () => JSON.stringify((await store.load({ newHeader: store_header, unknownVersion: unknown_version })).events));

/**
 * Takes in what a file told, and replays: a file tells of any time.
 * @param {string} events a JSON list
 */
export const add = (events) =>
  inTurn(async () => {
    await store.addAll(/** @type {StoredEvent[]} */ (JSON.parse(events)));
    // While paused, what came later than the pause is deleted when the worker starts; a file is not meant by that.
    if (!state.recording) await store.setPaused(Date.now() + 1);
    worker = undefined;
    await ready();
    await makeRoom();
  }).then(changed);

/** What the toolbar shows. */
export const badge = () =>
  inTurn((handle) => ({ ...JSON.parse(handle.badge(context())), recording: state.recording }));

/** The notice to own pages. */
export const notice = () => inTurn((handle) => handle.notice());

/** What own pages may command. @type {Map<string, () => Promise<void>>} */
export const recorder = new Map([
  ["pause", () => inTurn(async () => {
    state.recording = false;
    await store.setPaused(Date.now());
  }).then(changed)],
  ["resume", () => inTurn(async () => {
    state.recording = true;
    await store.setPaused(null);
  }).then(changed)],
  ["clear", () => inTurn(async () => {
    await store.clear();
    worker = undefined;
    taken = new Set();
    state.setAside = 0;
    state.clearedVersion = undefined;
    await ready();
  }).then(changed)],
]);
