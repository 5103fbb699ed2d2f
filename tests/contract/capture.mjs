/**
 * Runs the extension's capture against a browser that is not there: standard input is a JSON list of `["event
 * name", details]`, standard output what was kept and how listeners registered. `["tabs", {number: tab}]`
 * says what the browser tells of tabs; `["waking"]` at the beginning lets what the stopped worker knew come
 * late, at `["followed", requests]`; `["later"]` runs what the worker does after a while. Bytes of a body
 * stand as text.
 */
import { readFileSync } from "node:fs";

const EVENTS = ["onBeforeRequest", "onSendHeaders", "onHeadersReceived", "onCompleted", "onErrorOccurred"];

/** @type {Map<string, {listener: (details: object) => void, filter: object, extra: string[]}>} */
const registered = new Map();

const webRequest = Object.fromEntries(EVENTS.map((name) => [name, {
  addListener: (listener, filter, extra = []) => registered.set(name, { listener, filter, extra }),
  removeListener: () => registered.delete(name),
  hasListener: (listener) => registered.get(name)?.listener === listener,
}]));
/** @type {(() => void)[]} */
const granted = [];

globalThis.chrome = {
  webRequest: {
    ...webRequest,
    OnSendHeadersOptions: { EXTRA_HEADERS: "extraHeaders" },
    OnHeadersReceivedOptions: { EXTRA_HEADERS: "extraHeaders" },
  },
  permissions: { onAdded: { addListener: (listener) => granted.push(listener) } },
};

const { capture } = await import("./capture.js");
const kept = [];
const ids = [];
const happened = [];
const times = new Map();
let saved = [];
let number = 0;
let tabs = {};
const input = JSON.parse(readFileSync(0, "utf8"));
const followed = {};
followed.promise = new Promise((resolve) => { followed.resolve = resolve; });
if (input[0]?.[0] !== "waking") followed.resolve([]);
/** @type {(() => void)[]} */
const timers = [];
globalThis.setTimeout = (run) => timers.push(run);
globalThis.chrome.tabs = { get: async (tab) => tabs[tab] ?? { incognito: false } };
capture({
  keep: (body, id) => { kept.push(body); ids.push(id); happened.push(times.get(id)); },
  nextId: (time) => { const id = String(++number).padStart(6, "0"); times.set(id, time); return id; },
  loadFollowed: () => followed.promise,
  saveFollowed: (requests) => { saved = requests; },
});
// The person grants another permission: the same listeners register anew.
granted.forEach((listener) => listener());
const settled = () => new Promise((done) => setImmediate(done));
const encoder = new TextEncoder();

for (const [name, details] of input) {
  if (name === "waking") continue;
  if (name === "tabs") tabs = details;
  else if (name === "followed") followed.resolve(details);
  else if (name === "later") timers.splice(0).forEach((run) => run());
  else {
    for (const chunk of details.requestBody?.raw ?? []) {
      if (chunk.bytes !== undefined) chunk.bytes = encoder.encode(chunk.bytes).buffer;
    }
    registered.get(name).listener(details);
  }
  await settled();
}
const listeners = [...registered].map(([name, { filter, extra }]) => [name, { filter, extra }]);
console.log(JSON.stringify({ kept, ids, happened, saved, listeners: Object.fromEntries(listeners) }));
