/**
 * Runs the extension's `core.js` against a browser and a core that are not there: standard input is a JSON
 * list of steps, each a name and what it takes; standard output is, after each, what was done with the core's
 * handles, how often its second part was asked for, and the cursor and the count that the store holds.
 */
import { readFileSync } from "node:fs";
import { nextId } from "./ids.js";

/** @type {Record<string, unknown>} */
const stored = {};
const session = {
  get: async (name) => (typeof name === "string" ? { [name]: stored[name] } : { ...stored }),
  set: async (entries) => void Object.assign(stored, entries),
  remove: async (names) => { for (const name of [names].flat()) delete stored[name]; },
};
globalThis.chrome = {
  runtime: { getURL: (path) => `chrome-extension://id/${path}` },
  storage: { session, local: { get: async () => ({}), set: async () => {} } },
  windows: { getAll: async () => [] },
};
// The second part of the core is asked for.
let looks = 0;
globalThis.looked = () => void (looks += 1);
// What goes wrong is told by what is done.
console.error = () => {};

let core = await import("./core.js");
const { log } = await import("./samlight.js");
const steps = {
  page: (call) => core.pageCall(call, Date.now(), {}),
  own: (call) => core.ownCall(call),
  event: (kind) => core.observe({ kind }),
  late: () => {
    core.observe({ kind: "first" });
    core.observe({ kind: "late" }, nextId(Date.now() - 30_000));
  },
  add: (events) => core.add(events),
  instance: (instance) => core.addInstance(instance),
  remove: (instance) => core.removeInstance(instance),
  window: () => core.windowClosed(1),
  clear: () => core.recorder.get("clear")(),
  badge: () => core.badge(),
  // The browser stops the worker, and what wakes it starts another one.
  worker: async (number) => { core = await import(`./core.js?${number}`); },
};
const told = [];
for (const [name, given] of JSON.parse(readFileSync(0, "utf8"))) {
  looks = 0;
  await steps[name](given);
  if (name !== "worker") await core.notice();
  told.push({ done: log(), looks, cursor: stored.cursor ?? null, counted: stored.counted ?? null });
}
console.log(JSON.stringify(told));
