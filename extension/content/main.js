/**
 * The content script: tells the worker that a page was opened, reads it by the recipe that comes back, places
 * the notes, and performs the same-origin requests that the core asks for. It knows nothing of what it reads
 * or sends.
 *
 * @typedef {{recipe: Recipe | null, language?: string, notes: Note[], reads: {path: string}[], next?: Wanted}} Reply
 * @typedef {{wait?: number, method: string, path: string, content?: [string, string], from_page: [string, string, string][], headers: string[]}} Wanted
 */

const extension = /** @type {typeof chrome} */ (/** @type {any} */ (globalThis).browser ?? chrome);

/** Origin and path; the query can hold credentials and stays here. */
const here = () => location.origin + location.pathname;

/** @type {Recipe | undefined} */
let recipe;
/** Paths that were read since this page was opened; each once. @type {Set<string>} */
const asked = new Set();
/** The reading that was sent last. */
let sent = "";
let sending = false;
/** How many readings were answered. What was asked before the last answer knows nothing of it. */
let answered = 0;
/** Whether the page was left since it was asked about last; an answer that comes then is of no use. */
let left = false;

/**
 * How often a call is made: a worker that is stopped in the middle of one does not answer, and the next call
 * wakes it.
 */
const TRIES = 5;

/**
 * @param {object} call
 * @returns {Promise<Reply | undefined>}
 */
async function ask(call) {
  // A worker that must start first is told late; this stands where it was seen.
  const made = Date.now();
  for (let tries = 0; tries < TRIES && extension.runtime?.id; tries += 1) {
    try {
      const answer = await extension.runtime.sendMessage({ page: JSON.stringify(call), made });
      if (answer?.reply) {
        /** @type {Reply} */
        const reply = JSON.parse(answer.reply);
        notesLanguage = reply.language ?? notesLanguage;
        return reply;
      }
      if (answer?.failure) return undefined;
    } catch {
      // Stopped in the middle of the call, or gone for good; the condition above tells which.
    }
  }
  // Without an id this script is an orphan: the extension was reloaded or removed.
  if (!extension.runtime?.id) stop();
  return undefined;
}

/** @param {boolean} [again] it was opened before, and something changed */
async function opened(again = false) {
  left = false;
  const before = answered;
  const reply = await ask({ call: "opened", url: here(), again });
  if (!reply || left) return;
  void carryOut(reply.next);
  recipe = reply.recipe ?? undefined;
  if (!recipe) {
    relearn(reply.notes);
    return perform(reply.reads);
  }
  if (recipe.variants.some((variant) => variant.rows)) watch();
  const reading = readPage(recipe);
  if (reading && before === answered) {
    forgetNotes();
    learn(reading, reply.notes);
  }
  fitNotes(reading);
  await send();
  await perform(reply.reads);
}

/**
 * @param {Reading} reading
 * @param {Note[]} notes
 */
function learn(reading, notes) {
  // Notes come for the reading that was sent last; for any other they would be another row's.
  if (contentOfReading(reading) !== sent) return;
  learnNotes(reading, notes);
}

/** @param {Reading} reading */
const contentOfReading = ({ fields, rows }) => JSON.stringify([fields, rows.map(({ cells }) => cells)]);

/** Sends what the page says now, unless it was sent already; one call at a time. */
async function send() {
  const by = recipe;
  if (sending || !by) return;
  const reading = readPage(by);
  if (!reading || contentOfReading(reading) === sent) return;
  sending = true;
  sent = contentOfReading(reading);
  const rows = reading.rows.map(({ cells }) => cells);
  const reply = await ask({ call: "read", url: here(), page: by.page, fields: reading.fields, rows });
  sending = false;
  if (!reply || left) {
    // Not told, so not sent.
    sent = "";
    return;
  }
  answered += 1;
  learnNotes(reading, reply.notes);
  // By the recipe that it was read by: what was read once may be worth no second reading.
  fitNotes(readPage(by));
  await perform(reply.reads);
  // The page may have changed while the call was under way.
  await send();
}

/** @param {{path: string}[]} reads */
async function perform(reads) {
  for (const { path } of reads) {
    if (asked.has(path)) continue;
    asked.add(path);
    const { status, body } = await fetched(path, { redirect: "error" });
    relearn((await ask({ call: "answered", url: here(), path, status, body }))?.notes ?? []);
  }
}

/**
 * Takes in what is said of the page by now. A page that need not be read again says what it said.
 * @param {Note[]} notes
 */
function relearn(notes) {
  const reading = recipe ? readPage(recipe) : fitted;
  if (left || !reading || !notes.length) return;
  learn(reading, notes);
  fitNotes(reading);
}

/** Whether something is being carried out; there is one thing at a time. */
let carrying = false;

/**
 * Does what the core wants, one thing after the other, until it wants nothing or the page is left.
 * @param {Wanted | undefined} wanted
 */
async function carryOut(wanted) {
  if (carrying) return;
  carrying = true;
  let next = wanted;
  while (next && !left) {
    const reply = await ask(await carried(next));
    if (!reply || left) break;
    next = reply.next;
    const reading = recipe && readPage(recipe);
    if (reading && reply.notes.length) learn(reading, reply.notes);
    fitNotes(reading);
  }
  carrying = false;
}

/**
 * The call that tells what came of it.
 * @param {Wanted} wanted
 */
async function carried({ wait, method, path, content, from_page, headers }) {
  if (wait !== undefined) {
    await new Promise((done) => setTimeout(done, wait));
    return { call: "waited", url: here() };
  }
  const [mediaType, body] = content ?? [];
  // A value that stands on the page goes back to where the page came from, and nowhere else.
  const ofPage = from_page.map(([name, selector, attribute]) => [name, document.querySelector(selector)?.getAttribute(attribute) ?? ""]);
  /** @type {RequestInit} */
  const request = { method, body, redirect: "manual" };
  const sent = { ...Object.fromEntries(ofPage), ...(mediaType ? { "Content-Type": mediaType } : {}) };
  const { response, ...answer } = await fetched(path, request, sent);
  const told = headers.map((name) => [name, response?.headers.get(name)]).filter(([, value]) => value !== null && value !== undefined);
  return { call: "done", url: here(), path, redirected: response?.type === "opaqueredirect", headers: Object.fromEntries(told), ...answer };
}

/**
 * The page's own fetch. In Firefox a content script's `fetch` is the extension's, with its origin and its
 * cookies; `content` there is the page's window. Elsewhere the two are one, and an element of the page may
 * have that name.
 * @type {typeof fetch}
 */
const pageFetch = (...given) => {
  const page = /** @type {any} */ (globalThis).content;
  return typeof page?.fetch === "function" ? page.fetch(...given) : fetch(...given);
};

/**
 * Of the page's own origin alone.
 * @param {string} path
 * @param {RequestInit} request
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{response?: Response, status: number, body: string}>}
 */
async function fetched(path, request, headers = {}) {
  try {
    // "no-store": the browser's cache, which is on disk, gets no copy.
    const response = await pageFetch(location.origin + path, {
      credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json", ...headers }, ...request,
    });
    return { response, status: response.status, body: await response.text() };
  } catch {
    return { status: 0, body: "" };
  }
}

const observer = new MutationObserver(() => {
  fitNotes(recipe && readPage(recipe));
  void send();
});

let watching = false;
function watch() {
  if (watching) return;
  watching = true;
  observer.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** @param {unknown} message */
function told(message) {
  const { changed, gone } = /** @type {{changed?: boolean, gone?: boolean}} */ (message ?? {});
  if (gone) leave();
  if (changed) void opened(true);
}

/** Takes everything back and waits to be told of a change: access to this page may have been withdrawn. */
function leave() {
  left = true;
  observer.disconnect();
  watching = false;
  recipe = undefined;
  sent = "";
  asked.clear();
  forgetNotes();
  fitNotes(undefined);
}

function stop() {
  observer.disconnect();
  fitNotes(undefined);
  try {
    extension.runtime.onMessage.removeListener(told);
  } catch {
    // Nothing is left to remove it from.
  }
}

extension.runtime.onMessage.addListener(told);
void opened();
