/**
 * Runs the extension's capture against a browser that is not there: standard input is a JSON list of
 * `["event name", details]` (or `["remember", events]`), standard output what was kept and how listeners registered.
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

const { capture, remember } = await import("./capture.js");
const kept = [];
capture((body) => kept.push(body));
// The person grants another permission: the same listeners register anew.
granted.forEach((listener) => listener());

for (const [name, details] of JSON.parse(readFileSync(0, "utf8"))) {
  if (name === "remember") remember(details);
  else registered.get(name).listener(details);
}
const listeners = [...registered].map(([name, { filter, extra }]) => [name, { filter, extra }]);
console.log(JSON.stringify({ kept, listeners: Object.fromEntries(listeners) }));
