/**
 * Runs `second.js` with files and a WebAssembly that are not there: standard input is a JSON list of steps,
 * each the instances that ask at once and the status that the file has then; standard output is, after each,
 * what the askers got, and what was fetched, compiled and joined so far.
 */
import { readFileSync } from "node:fs";
import { second } from "./second.js";

const counts = { fetched: 0, compiled: 0, joined: [] };
let status = 200;
globalThis.fetch = async () => {
  counts.fetched += 1;
  return { ok: status === 200, status, arrayBuffer: async () => new ArrayBuffer(8) };
};
globalThis.WebAssembly = {
  compile: async () => {
    counts.compiled += 1;
    return {};
  },
  instantiate: async (_, { __wasm_split: { memory } }) => void counts.joined.push(memory),
};
/** @type {Map<string, object>} */
const instances = new Map();
const instance = (memory) => {
  if (!instances.has(memory)) instances.set(memory, { memory });
  return instances.get(memory);
};
const told = [];
for (const [asking, answered] of JSON.parse(readFileSync(0, "utf8"))) {
  status = answered;
  const asked = asking.map((memory) => second(Promise.resolve(instance(memory)), "second.wasm"));
  const got = (await Promise.allSettled(asked)).map(({ reason }) => reason?.message ?? "ready");
  told.push({ got, ...structuredClone(counts) });
}
console.log(JSON.stringify(told));
