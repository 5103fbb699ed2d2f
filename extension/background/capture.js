/**
 * Capture: what the browser shows of requests becomes events, without blocking any request.
 *
 * Each listener decides synchronously, by the table that the build generates from the core, whether a request
 * may be kept and which of its fields; nothing else is ever stored or passed on. Where a kept exchange
 * redirects the browser, the hops are kept, too, with the place that they go to and no more. Leaves out all
 * meaning.
 */
import { body } from "./body.js";
import { api } from "./browser.js";
import { captureTable as table } from "./capture_table.js";
import { pairs } from "./scanner.js";

/** @typedef {{request: string, tab: number, private?: boolean, cookie_store?: string}} Place */
/** @typedef {{kind: string, [field: string]: unknown}} Body */
/**
 * Where events go; and what a worker that was stopped must know again.
 * @typedef {object} Recorder
 * @property {(body: Body, id: string) => void} keep
 * @property {(happened?: number) => string} nextId
 * @property {() => Promise<string[]>} loadFollowed
 * @property {(requests: string[]) => unknown} saveFollowed
 */

const receiving = table.receiving.map((rule) => ({ ...rule, between: new RegExp(rule.between) }));
/**
 * Requests that are followed at once, the newest. Their end says nothing: it may be told before the answer.
 */
const MOST_FOLLOWED = 200;
/** Events that may yet turn out to belong to a request that is followed, the newest. */
const MOST_WAITING = 1000;
/** How long after a worker's start events may be told out of their order, in milliseconds. */
const DISORDER = 3_000;

/**
 * The part of an address before its query and fragment. An address can have megabytes, as a body can, so
 * that no expression goes back in it either.
 * @param {string} url
 */
function placeOnly(url) {
  const [query, fragment] = [url.indexOf("?"), url.indexOf("#")];
  return url.slice(0, query < 0 || (fragment >= 0 && fragment < query) ? fragment < 0 ? url.length : fragment : query);
}

/** @param {string} url whether a field that carries something is in its query */
function carries(url) {
  const from = placeOnly(url).length;
  if (url[from] !== "?" || !(url.startsWith("https://") || url.startsWith("http://"))) return false;
  const fragment = url.indexOf("#", from);
  let found = false;
  pairs(url, { from: from + 1, end: fragment < 0 ? url.length : fragment, separator: "&" }, table.carryingFields, () => {
    found = true;
  });
  return found;
}

/** @param {{url: string, method: string}} details */
function isReceived({ url, method }) {
  const place = placeOnly(url);
  return receiving.some((rule) => {
    const end = rule.method === method && rule.ends.find((it) => place.endsWith(it));
    const from = end ? place.indexOf(rule.under) : -1;
    const behind = from + rule.under.length;
    return end && from >= 0 && behind <= place.length - end.length && rule.between.test(place.slice(behind, -end.length));
  });
}

/** @param {{url: string, method: string}} details */
const isKept = (details) => carries(details.url) || isReceived(details);

/** @param {string} url what of an address is kept: all, or where it leads when it was kept only as a hop */
const shown = (url, whole = carries(url)) => (whole ? url : placeOnly(url));

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
 * Tells what belongs to a request of which an exchange was kept, whatever order events are told in: a worker
 * that was just woken may be told of a redirect's second request before the first, and then of the answers.
 * @param {Recorder} recorder
 */
function follower({ keep, nextId, loadFollowed, saveFollowed }) {
  /**
   * Requests of which an exchange was kept, and since when in milliseconds: what happened in them later is
   * kept, too.
   * @type {Map<string, number>}
   */
  const followed = new Map();
  /** Whether those that an earlier worker followed are known. */
  let loaded = false;
  /**
   * What may turn out to belong to one; nothing any more once events are told in their order. Only listed
   * parts come here, so it is nothing that may not be kept.
   * @type {{request: string, happened: number, take: () => void}[] | undefined}
   */
  let waiting = [];
  /** Tabs that were asked about. @type {Set<number>} */
  const asked = new Set();

  /** @param {string} request */
  const since = (request) => followed.get(request) ?? Infinity;

  /** @param {string} request @param {number} happened milliseconds */
  const follow = (request, happened) => {
    const isNew = !followed.has(request);
    followed.set(request, Math.min(happened, since(request)));
    for (const oldest of followed.keys()) {
      if (followed.size <= MOST_FOLLOWED) break;
      followed.delete(oldest);
    }
    // Not before those of earlier are known: they would be lost.
    if (isNew && loaded) saveFollowed([...followed.keys()]);
  };

  /**
   * Not every browser says of a request that it is in a private window.
   * @param {number} tab @param {boolean} [incognito]
   */
  const askAboutTab = (tab, incognito) => {
    if (incognito !== undefined || tab < 0 || asked.has(tab)) return;
    asked.add(tab);
    api.tabs.get(tab).then((it) => {
      if (it.incognito) keep({ kind: "tab", tab, private: true }, nextId());
    }, () => asked.delete(tab));
  };

  /** Takes what was told before it was known to belong to a request that is followed. */
  const takeWaiting = () => {
    // Of two of one time the one that was told first came first.
    const now = waiting?.filter(({ request, happened }) => since(request) < happened) ?? [];
    waiting = waiting?.filter((it) => !now.includes(it));
    // None of them makes others belong: a hop comes after what is followed.
    for (const { take } of now) take();
  };

  /**
   * Keeps what certainly carries something, and what belongs to a request that is followed. What waits must
   * not hold the rest of the details, which may be secret.
   * @param {any} details
   * @param {{certain: boolean, begins?: boolean}} how
   * @param {Body} event
   */
  const offer = ({ requestId, timeStamp, tabId, incognito }, { certain, begins = false }, event) => {
    const id = nextId(timeStamp);
    const take = () => {
      if (begins) {
        follow(requestId, timeStamp);
        askAboutTab(tabId, incognito);
      }
      keep(event, id);
    };
    if (certain || since(requestId) <= timeStamp) {
      take();
      takeWaiting();
    } else if (waiting) {
      waiting.push({ request: requestId, happened: timeStamp, take });
      if (waiting.length > MOST_WAITING) waiting.shift();
    }
  };

  const begin = async () => {
    const before = await loadFollowed().catch(() => []);
    // The ones before, then those of now: the oldest go first.
    const now = [...followed];
    followed.clear();
    for (const request of before) followed.set(request, 0);
    loaded = true;
    for (const [request, happened] of now) follow(request, happened);
    takeWaiting();
    setTimeout(() => (waiting = undefined), DISORDER);
  };
  begin();
  return offer;
}

/**
 * The listeners: event of `webRequest`, what to do, which extra information to ask for.
 * @param {Recorder} recorder
 * @returns {[any, (details: any) => void, string[]][]}
 */
function listeners(recorder) {
  const extra = (/** @type {Record<string, string> | undefined} */ options) => (options?.EXTRA_HEADERS ? ["extraHeaders"] : []);
  const { webRequest } = api;
  const offer = follower(recorder);
  return [
    [webRequest.onBeforeRequest, (/** @type {any} */ details) => {
      const { carriesField, ...given } = body(details.requestBody);
      const certain = carriesField || isKept(details);
      const what = certain ? given : { body: given.body, form: [] };
      offer(details, { certain, begins: true }, { kind: "request", ...place(details), method: details.method, url: shown(details.url, certain), ...what });
    }, ["requestBody"]],
    [webRequest.onSendHeaders, (/** @type {any} */ details) => {
      offer(details, { certain: isKept(details) }, { kind: "sent", request: details.requestId, ...listed(details.requestHeaders, table.requestHeaders) });
    }, ["requestHeaders", ...extra(webRequest.OnSendHeadersOptions)]],
    [webRequest.onHeadersReceived, (/** @type {any} */ details) => {
      const headers = listed(details.responseHeaders, table.responseHeaders);
      const onward = carries(headers.location ?? "");
      const certain = isKept(details) || onward;
      if (headers.location !== undefined) headers.location = shown(headers.location, certain);
      offer(details, { certain, begins: true }, { kind: "response", ...place(details), method: details.method, url: shown(details.url, certain), status: details.statusCode, ...headers });
    }, ["responseHeaders", ...extra(webRequest.OnHeadersReceivedOptions)]],
    [webRequest.onCompleted, (/** @type {any} */ details) => {
      offer(details, { certain: isKept(details) }, { kind: "completed", request: details.requestId });
    }, []],
    [webRequest.onErrorOccurred, (/** @type {any} */ details) => {
      offer(details, { certain: isKept(details) }, { kind: "failed", request: details.requestId, error: details.error });
    }, []],
  ];
}

/**
 * Begins to listen. Must be called while the worker's module is evaluated, or the browser does not wake it.
 *
 * Without any host permission the browser refuses the listeners silently, and a later grant does not bring
 * them back; so they are registered anew after each grant.
 * @param {Recorder} recorder
 */
export function capture(recorder) {
  const all = listeners(recorder);
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
