/** One version's listeners, with a browser that only registers them. */
import { answering, least } from "./least.js";

const listeners = new Map();
const event = (name) => ({ addListener: (it) => listeners.set(name, it), removeListener() {}, hasListener: () => false });
const NAMES = ["onBeforeRequest", "onSendHeaders", "onHeadersReceived", "onCompleted", "onErrorOccurred"];

const HEADERS = Array.from({ length: 25 }, (_, at) => ({ name: `X-Header-${at}`, value: `value ${at} of a header` }));

/** A JSON body, as pages send them. */
function body(size) {
  const entry = "{\"id\":4711,\"title\":\"A merge request\",\"labels\":[\"backend\",\"bug\"],\"url\":\"/acme/app/-/issues/1\"},";
  return new TextEncoder().encode(`[${entry.repeat(size / entry.length)}{}]`);
}

answering(async ({ version, sizes }) => {
  globalThis.chrome = {
    webRequest: Object.fromEntries(NAMES.map((name) => [name, event(name)])),
    permissions: { onAdded: event("onAdded") },
    tabs: { get: async () => ({}) },
  };
  // What is different in the first seconds of a worker is over at once.
  globalThis.setTimeout = (later) => later();
  const { capture } = await import(`${version}/background/capture.js`);
  let kept = 0;
  capture({ keep: () => { kept += 1; }, nextId: () => "1", loadFollowed: async () => [], saveFollowed() {} });
  // What it begins with waits for what was followed before.
  for (let turn = 0; turn < 10; turn += 1) await null;
  const works = sizes.map((size) => {
    const requestBody = size ? { raw: [{ bytes: body(size).buffer }] } : undefined;
    return () => {
      const details = {
        requestId: "1", tabId: 7, incognito: false, timeStamp: 1, type: "xmlhttprequest", method: size ? "POST" : "GET",
        url: "https://gitlab.com/api/v4/projects/4711/merge_requests?state=opened&per_page=20", statusCode: 200,
      };
      listeners.get("onBeforeRequest")({ ...details, requestBody });
      listeners.get("onSendHeaders")({ ...details, requestHeaders: HEADERS });
      listeners.get("onHeadersReceived")({ ...details, responseHeaders: HEADERS });
      listeners.get("onCompleted")(details);
    };
  });
  const times = works.map((work) => least([work])[0]);
  if (kept) throw new Error("a request that is none of its concern was kept");
  return times;
});
