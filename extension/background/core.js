/**
 * The core in this worker: loads the Wasm when it is first needed, replays the store, then takes in events in
 * order.
 *
 * Calls run one after the other. If the core traps on an event, handle and Wasm instance are dropped, the
 * event is set aside, and the rest is replayed in a new instance; the person is told. What the browser's
 * store does not take stays in memory until older sign-ins have made room for it; what went is told, too.
 */
import { Worker, settings_event, store_header, unknown_version } from "../panel/core/samlight.js";
import { api } from "./browser.js";
import { nextId } from "./ids.js";
import { instance, whole } from "./instance.js";
import * as store from "./store.js";

/** @typedef {import("./store.js").StoredEvent} StoredEvent */

/**
 * Made once, unless it traps: the check of a group that it holds is nowhere else. It replays when the trace
 * has changed.
 * @type {Worker | undefined}
 */
let worker;
/**
 * What the handle has taken in is not what the store has, or was taken in in another order: the next use
 * replays.
 */
let stale = false;
/**
 * The handle has taken in only what it says it must: sign-ins that are over are counted, and read when
 * somebody asks for more than how many there are.
 */
let partly = false;
/** The Wasm instance trapped: what it holds is half a change. */
let broken = false;
/** Ids of the events that the handle has taken in. @type {Set<string>} */
let taken = new Set();
/** The newest of them. */
let newest = "";
/**
 * Events whose turn has not come, or of which the store has not said that it has them.
 * @type {Map<string, StoredEvent>}
 */
const pending = new Map();
/** Events that the store did not take, until it does. @type {Map<string, StoredEvent>} */
let unstored = new Map();
/** @type {{recording: boolean, setAside: StoredEvent[], dropped: object | null, clearedVersion: number | undefined}} */
let state = { recording: true, setAside: [], dropped: null, clearedVersion: undefined };
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

/** @type {() => void} */
let progressed = () => {};

/** @param {() => void} listener called when something changed that own pages alone show */
export function onProgress(listener) {
  progressed = listener;
}

/**
 * Runs `work` after all that was asked before, with the handle ready. What goes wrong in it stops nothing
 * behind it.
 * @template T
 * @param {(worker: Worker) => T | Promise<T>} work
 * @param {boolean} [whole] whether it asks for what the older sign-ins say
 * @returns {Promise<T>}
 */
function inTurn(work, whole = true) {
  const result = chain.then(async () => work(await ready(whole)));
  chain = result.catch((error) => {
    console.error("Samlight's core:", error instanceof Error ? error.name : "failed");
    giveUpAfter(error);
  });
  return result;
}

/**
 * After a trap (or a full stack) neither handle nor instance is to be trusted; the next use makes new ones.
 * An ordinary error is the core's own word, and it goes on.
 * @param {unknown} error
 */
function giveUpAfter(error) {
  if (error instanceof Error && error.constructor === Error) return;
  worker = undefined;
  broken = true;
}

async function instantiate() {
  await instance(broken);
  broken = false;
}

async function ready(whole = true) {
  if (worker && !stale && !(whole && partly)) return worker;
  await instantiate();
  const loaded = await store.load({ newHeader: store_header, unknownVersion: unknown_version, settingsEvent: settings_event });
  const { setAside, dropped } = loaded;
  state = { recording: !loaded.paused, setAside, dropped, clearedVersion: loaded.clearedVersion ?? state.clearedVersion };
  known = true;
  // What was seen meanwhile may be in the store already, and its answer, too; while paused it must not be.
  if (loaded.paused) await forget([...pending.keys()]);
  const seen = [...unstored.values(), ...pending.values()];
  const events = new Map([...loaded.events, ...seen].map((event) => [event.id, event]));
  for (const { id } of setAside) events.delete(id);
  const all = [...events.keys()].sort().map((id) => /** @type {StoredEvent} */ (events.get(id)));
  const handle = whole ? undefined : await replay(all, loaded.counted, true);
  return handle && !handle.must_read() ? handle : replay(all, loaded.counted, false);
}

/**
 * A handle that holds these events, but for those that the core cannot take in: they are set aside.
 * @param {StoredEvent[]} events
 * @param {string} counted what an earlier worker counted
 * @param {boolean} open without those that need not be read for what was counted
 */
async function replay(events, counted, open) {
  let left = events;
  let attempt = await replayed(left, counted, open);
  while (!attempt) {
    // Which event it is shows when all are read.
    open = false;
    const culprit = await firstThatTraps(left);
    left = left.filter((event) => event !== culprit);
    await quarantine([culprit]);
    attempt = await replayed(left, counted, open);
  }
  const { handle, unreadable } = attempt;
  const cursor = handle === worker ? null : await store.loadCursor();
  if (cursor) {
    await whole();
    handle.resume_check(JSON.stringify(cursor));
  }
  await quarantine(left.filter(({ id }) => unreadable.includes(id)));
  taken = new Set(left.map((event) => event.id));
  newest = left.at(-1)?.id ?? "";
  worker = handle;
  stale = false;
  partly = attempt.partly;
  return handle;
}

/**
 * @param {StoredEvent[]} events
 * @param {string} counted
 * @param {boolean} open
 * @returns {Promise<{handle: Worker, unreadable: string[], partly: boolean} | undefined>} nothing when the core trapped on them
 */
async function replayed(events, counted, open) {
  await instantiate();
  try {
    const handle = worker ?? new Worker();
    const left = handle.take_up(counted, JSON.stringify(events.flatMap(({ id, kind }) => [id, kind])));
    const isOpen = open && left !== undefined;
    const read = isOpen ? JSON.parse(left).map((/** @type {number} */ at) => events[at]) : events;
    return { handle, unreadable: JSON.parse(handle.replay(JSON.stringify(read), isOpen)), partly: isOpen };
  } catch (error) {
    giveUpAfter(error);
    if (!broken || !events.length) throw error;
    return undefined;
  }
}

/**
 * The first event that makes the core trap after those before it. Halves each time: a trace can be long.
 * @param {StoredEvent[]} events with which it traps
 * @returns {Promise<StoredEvent>}
 */
async function firstThatTraps(events) {
  let [good, bad] = [0, events.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const attempt = await replayed(events.slice(0, middle), "", false);
    attempt?.handle.free();
    if (attempt) good = middle;
    else bad = middle;
  }
  return /** @type {StoredEvent} */ (events[bad - 1]);
}

/**
 * Notes that the handle has taken in this event. One that happened before another that it has: what they say
 * depends on their order, so the next use replays them.
 * @param {string} id
 */
function took(id) {
  taken.add(id);
  if (id < newest) stale = true;
  else newest = id;
}

/** @param {string[]} ids of events that are not to be taken in any more */
function forgetSeen(ids) {
  for (const id of ids) {
    unstored.delete(id);
    pending.delete(id);
  }
}

/** @param {string[]} ids of events that go, wherever they are */
async function forget(ids) {
  forgetSeen(ids);
  await store.remove(ids);
}

/** @param {StoredEvent[]} events that the core could not take in */
async function quarantine(events) {
  if (!events.length) return;
  forgetSeen(events.map(({ id }) => id));
  state.setAside.push(...events);
  await store.setAside(events);
}

/**
 * Takes in an event: stores it in this turn, shows it to the core in the next.
 * @param {{kind: string, [field: string]: unknown}} body
 * @param {string} id
 */
export function observe(body, id = nextId()) {
  if (known && !state.recording) return;
  const event = { id, ...body };
  // Known at once, or a replay before this event's turn would take in its answer first.
  pending.set(id, event);
  const stored = store.append(event);
  inTurn(async (handle) => {
    const isStored = await stored;
    // Not pending: it was set aside, or has gone since.
    if (!pending.delete(id) || !state.recording) return;
    if (!isStored) unstored.set(id, event);
    if (!taken.has(id)) {
      try {
        handle.observe(JSON.stringify(event));
        took(id);
        if (handle.must_read()) stale = true;
      } catch (error) {
        giveUpAfter(error);
        await quarantine([event]);
      }
    }
    await makeRoom();
    await forgetPrivate();
  }, false).then(changed, () => {});
}

/**
 * Deletes what the core says must go for the store to stay within its budget, and stores what did not fit
 * before.
 */
async function makeRoom() {
  for (;;) {
    // What goes for one event makes room for the next, too.
    for (const [id, event] of unstored) {
      if (await store.append(event)) unstored.delete(id);
    }
    // Only what this worker knows can go, and the store may hold more: it is read anew.
    if (unstored.size) stale = true;
    const open = await ready(false);
    if (!unstored.size && !open.is_full()) return;
    await whole();
    const evict = (/** @type {Worker} */ handle) => handle.evict(unstored.size > 0, JSON.stringify(state.dropped));
    // What goes follows from what everything says.
    const { events, dropped } = JSON.parse(evict(open) ?? evict(await ready()) ?? "");
    if (!events.length) return;
    await forget(events);
    await store.setDropped(dropped);
    stale = true;
  }
}

/**
 * Forgets what was seen in private windows once the last of them is closed.
 * @param {number} [closing] the window that closes, which may still be listed
 */
async function forgetPrivate(closing) {
  const handle = await ready(false);
  /** @type {string[]} */
  const events = JSON.parse(handle.private_events(JSON.stringify(state.setAside)));
  if (!events.length && !handle.checks_privately()) return;
  const open = await api.windows.getAll();
  if (open.some(({ id, incognito }) => incognito && id !== closing)) return;
  await forget(events);
  if (handle.forget_private_check()) await store.setCursor(null);
  await startAnew();
}

/** @param {number} closing */
export const windowClosed = (closing) => inTurn(() => forgetPrivate(closing), false).then(changed, () => {});

const context = () =>
  JSON.stringify({
    now: Date.now(),
    recording: state.recording,
    quarantined: state.setAside.map(({ id, kind }) => ({ id, kind })),
    dropped: state.dropped,
    unstored: unstored.size,
    cleared_version: state.clearedVersion,
  });

/**
 * Stores how far the core's reads came, where a call has changed that.
 * @param {Worker} handle
 */
function keepCursor(handle) {
  const cursor = handle.take_cursor();
  if (cursor) void store.setCursor(JSON.parse(cursor));
}

/**
 * Answers an own page's call.
 * @param {string} call
 */
export const ownCall = (call) => inTurn(async (handle) => {
  await whole();
  const reply = handle.own_call(call, context());
  keepCursor(handle);
  obey(handle);
  return reply;
});

/**
 * Answers a content script's call.
 * @param {string} call
 * @param {number} made when, in milliseconds
 * @param {{origin: string, place: {tab: number, private: boolean, cookie_store: string}}} sender
 * @returns {Promise<string>}
 */
export function pageCall(call, made, sender) {
  const id = nextId(made);
  return inTurn(async (handle) => {
    // While paused nothing is read, from pages either.
    if (!state.recording) return JSON.stringify({ recipe: null, notes: [], reads: [] });
    await whole();
    const answer = JSON.parse(handle.page_call(call, JSON.stringify(sender), id));
    keepCursor(handle);
    if (answer.event) {
      took(id);
      pending.set(id, answer.event);
      store.append(answer.event).then((isStored) => {
        if (pending.delete(id) && !isStored) unstored.set(id, answer.event);
      });
      changed();
    } else if (answer.progressed) {
      progressed();
    }
    obey(handle);
    return JSON.stringify(answer.reply);
  });
}

/**
 * A page is told of a change and asks what to do.
 * @param {Worker} handle
 */
function obey(handle) {
  if (handle.take_order()) changed();
}

/**
 * Tells the core that a tab is gone; only a core that is there already, since most tabs are none of its
 * concern.
 * @param {number} tab
 */
export async function tabClosed(tab) {
  if (!worker) return;
  await inTurn(async (handle) => {
    if (!handle.is_checking()) return;
    await whole();
    handle.tab_closed(tab);
    keepCursor(handle);
    obey(handle);
  });
}

/** Whether a match pattern of this browser can name a port. Firefox's cannot. */
const ports = api.runtime.getURL("").startsWith("moz-extension:") ? "unknown" : "known";

/**
 * What the person named, as the browser must know it.
 * @returns {Promise<{id: string, access: string, pages: string[]}[]>}
 */
export const namedInstances = () => inTurn((handle) => JSON.parse(handle.named_instances(ports)));

/** @param {string} instance to be known from now on */
export const addInstance = (instance) => inTurn(async (handle) => {
  await store.setInstances(JSON.parse(handle.with_instance(instance)));
  await startAnew();
});

/**
 * Match patterns of the permissions that nobody needs when an instance goes.
 * @param {string} instance
 * @returns {Promise<string[]>}
 */
export const neededByIt = (instance) => inTurn((handle) => JSON.parse(handle.without_instance(instance, ports, JSON.stringify(state.dropped))).withdraw);

/**
 * Forgets an instance and all that was seen of it.
 * @param {string} instance
 */
export const removeInstance = (instance) => inTurn(async (handle) => {
  const { instances, events, dropped } = JSON.parse(handle.without_instance(instance, ports, JSON.stringify(state.dropped)));
  const checked = handle.is_checking();
  await store.setInstances(instances);
  await store.setDropped(dropped);
  await forget(events);
  await store.dropSetAside();
  await startAnew();
  if (checked && !handle.is_checking()) await store.setCursor(null);
});

/** Replays the store, because what the trace rests on has changed. */
async function startAnew() {
  stale = true;
  await ready();
}

/** Everything in the store, as a JSON list. */
export const all = () =>
  inTurn(async () => JSON.stringify((await store.load({ newHeader: store_header, unknownVersion: unknown_version, settingsEvent: settings_event })).events));

/**
 * Takes in what a file told. A file tells of any time: where something of it happened before what is there,
 * all is replayed.
 * @param {string} events a JSON list
 */
export const add = (events) =>
  inTurn(async () => {
    const handle = await ready();
    const imported = /** @type {{events: StoredEvent[], isLate: boolean}} */ (JSON.parse(handle.imported(events)));
    await store.addAll(imported.events);
    // While paused, what came later than the pause is deleted when the worker starts; a file is not meant by
    // that.
    if (!state.recording) await store.setPaused(Date.now() + 1);
    if (imported.isLate) await startAnew();
    else {
      handle.take_imported();
      imported.events.forEach(({ id }) => took(id));
    }
    await makeRoom();
  }).then(changed);

/**
 * What the toolbar shows, from looking at what was recorded.
 * @param {Worker} handle
 */
async function badgeOf(handle) {
  await whole();
  return handle.badge(context());
}

/** What the toolbar shows. */
export const badge = () =>
  inTurn(async (handle) => {
    const said = handle.counted_badge(context()) ?? (await badgeOf(handle)) ?? (await badgeOf(await ready())) ?? "{}";
    const counted = worker?.take_counted();
    if (counted !== undefined) void store.setCounted(counted);
    return { ...JSON.parse(said), recording: state.recording };
  }, false);

/** The notice to own pages. */
export const notice = () => inTurn((handle) => handle.notice(), false);

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
    // The check of a group goes, too.
    worker = undefined;
    taken = new Set();
    // What was seen since the order was given stays; the store has lost it.
    unstored = new Map(pending);
    state.clearedVersion = undefined;
    await ready();
  }).then(changed)],
]);
