/**
 * Runs the extension's `core.js` against a browser and a core that are not there: standard input is a JSON
 * list of `[kind, milliseconds ago]`, in the order in which the worker is told; standard output is the order
 * in which the core has taken them in, what the store holds, and how many milliseconds ago each stands there.
 */
import { readFileSync } from "node:fs";
import { nextId } from "./ids.js";

/** @type {Record<string, unknown>} */
const stored = {};
const session = {
  get: async () => ({ ...stored }),
  set: async (entries) => void Object.assign(stored, entries),
  remove: async (names) => { for (const name of names) delete stored[name]; },
};
globalThis.chrome = {
  runtime: { getURL: (path) => `chrome-extension://id/${path}` },
  storage: { session, local: { get: async () => ({}) } },
  windows: { getAll: async () => [] },
};

const core = await import("./core.js");
const { taken } = await import("./samlight.js");
const now = Date.now();
for (const [kind, ago] of JSON.parse(readFileSync(0, "utf8"))) {
  if (kind === "page") void core.pageCall(String(ago), now - ago, {});
  else core.observe({ kind, ago }, nextId(now - ago));
}
await core.notice();
const events = Object.keys(stored).filter((name) => name.startsWith("event ")).sort();
console.log(JSON.stringify({ taken: taken(), stored: events.map((name) => stored[name].ago), stands: events.map((name) => now - Number(name.slice("event ".length).split("-")[0])) }));
