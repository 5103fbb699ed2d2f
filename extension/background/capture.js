/**
 * Capture: what the browser shows of requests becomes events, without blocking any request.
 *
 * Each listener decides synchronously, by the table that the build generates from the core, whether a request may be
 * kept and which of its fields; nothing else is ever stored or passed on. Leaves out all meaning.
 */
import { api } from "./browser.js";
import { captureTable as table } from "./capture_table.js";

/** @typedef {{request: string, tab: number, private?: boolean, cookie_store?: string}} Place */
/** @typedef {(body: {kind: string, [field: string]: unknown}) => void} Keep */

const carrying = table.carrying.map((pattern) => new RegExp(pattern));
const receiving = table.receiving.map(({ method, address }) => ({ method, address: new RegExp(address) }));

/** @param {string} url */
const carries = (url) => carrying.some((pattern) => pattern.test(url));

/** @param {{url: string, method: string}} details */
const isKept = ({ url, method }) =>
  carries(url) || receiving.some((rule) => rule.method === method && rule.address.test(url));

/**
 * Requests that are kept for a field of their form alone. A worker that was stopped gets them back from the store.
 * @type {Set<string>}
 */
const keptByForm = new Set();

/** @param {{requestId: string, url: string}} details */
const key = ({ requestId, url }) => `${requestId} ${url}`;

/**
 * Takes back what a stopped worker knew.
 * @param {{kind: string, request?: string, url?: string}[]} events
 */
export function remember(events) {
  for (const { kind, request, url } of events) {
    if (kind === "request" && request && url) keptByForm.add(key({ requestId: request, url }));
  }
}

/** @param {{requestId: string, url: string, method: string}} details */
const wasKept = (details) => isKept(details) || keptByForm.has(key(details));

/**
 * @param {{requestId: string, tabId: number}} details
 * @returns {Place}
 */
function place(details) {
  const { incognito, cookieStoreId } = /** @type {{incognito?: boolean, cookieStoreId?: string}} */ (details);
  return {
    request: details.requestId,
    tab: details.tabId,
    ...(incognito ? { private: true } : {}),
    ...(cookieStoreId ? { cookie_store: cookieStoreId } : {}),
  };
}

/** @param {{error?: string, formData?: object} | null | undefined} body */
function bodyKind(body) {
  if (!body) return "none";
  if (body.error) return "unreadable";
  return body.formData ? "form" : "raw";
}

/**
 * The listed headers, by their lower-case names with `_` for `-`.
 * @param {chrome.webRequest.HttpHeader[] | undefined} headers
 * @param {readonly string[]} names
 */
function listed(headers, names) {
  /** @type {Record<string, string>} */
  const kept = {};
  for (const { name, value } of headers ?? []) {
    const lower = name.toLowerCase();
    if (names.includes(lower) && value !== undefined) kept[lower.replaceAll("-", "_")] = value;
  }
  return kept;
}

/**
 * The listeners: event of `webRequest`, what to do, which extra information to ask for.
 * @param {Keep} keep
 * @returns {[any, (details: any) => void, string[]][]}
 */
function listeners(keep) {
  const extra = (/** @type {Record<string, string> | undefined} */ options) => (options?.EXTRA_HEADERS ? ["extraHeaders"] : []);
  const { webRequest } = api;
  return [
    [webRequest.onBeforeRequest, (/** @type {any} */ details) => {
      const fields = details.requestBody?.formData ?? {};
      const carriesField = table.carryingFields.some((name) => name in fields);
      if (!isKept(details) && !carriesField) return;
      if (carriesField) keptByForm.add(key(details));
      const form = Object.keys(fields).filter((name) => table.fields.includes(name)).map((name) => [name, fields[name]]);
      keep({ kind: "request", ...place(details), method: details.method, url: details.url, body: bodyKind(details.requestBody), form });
    }, ["requestBody"]],
    [webRequest.onSendHeaders, (/** @type {any} */ details) => {
      if (wasKept(details)) keep({ kind: "sent", request: details.requestId, ...listed(details.requestHeaders, table.requestHeaders) });
    }, ["requestHeaders", ...extra(webRequest.OnSendHeadersOptions)]],
    [webRequest.onHeadersReceived, (/** @type {any} */ details) => {
      const headers = listed(details.responseHeaders, table.responseHeaders);
      const kept = wasKept(details);
      // A redirect ends the exchange; the next hop has an address of its own.
      if (details.statusCode >= 300 && details.statusCode < 400) keptByForm.delete(key(details));
      if (!kept && !carries(headers.location ?? "")) return;
      keep({ kind: "response", ...place(details), method: details.method, url: details.url, status: details.statusCode, ...headers });
    }, ["responseHeaders", ...extra(webRequest.OnHeadersReceivedOptions)]],
    [webRequest.onCompleted, (/** @type {any} */ details) => {
      if (wasKept(details)) keep({ kind: "completed", request: details.requestId });
      keptByForm.delete(key(details));
    }, []],
    [webRequest.onErrorOccurred, (/** @type {any} */ details) => {
      if (wasKept(details)) keep({ kind: "failed", request: details.requestId, error: details.error });
      keptByForm.delete(key(details));
    }, []],
  ];
}

/**
 * Begins to listen. Must be called while the worker's module is evaluated, or the browser does not wake it.
 *
 * Without any host permission the browser refuses the listeners silently, and a later grant does not bring them
 * back; so they are registered anew after each grant.
 * @param {Keep} keep
 */
export function capture(keep) {
  const all = listeners(keep);
  const filter = { urls: ["<all_urls>"], types: table.types };
  const register = () => {
    for (const [event, listener, extra] of all) {
      if (event.hasListener(listener)) event.removeListener(listener);
      if (extra.length) event.addListener(listener, filter, extra);
      else event.addListener(listener, filter);
    }
  };
  register();
  api.permissions.onAdded.addListener(register);
}
