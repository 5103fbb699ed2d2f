/**
 * The background script: registers every listener while the module is evaluated, and routes calls by their
 * sender.
 *
 * The browser stops this worker when it likes and wakes it by the registered listeners; nothing here keeps it
 * alive.
 */
import { api } from "./browser.js";
import { capture } from "./capture.js";
import * as core from "./core.js";
import { nextId } from "./ids.js";
import * as instances from "./instances.js";
import * as panel from "./panel.js";
import * as store from "./store.js";

capture({ keep: core.observe, nextId, loadFollowed: store.loadFollowed, saveFollowed: store.saveFollowed });
api.tabs.onRemoved.addListener((tab) => inBackground(core.tabClosed(tab)));
api.windows.onRemoved.addListener((closing) => void core.windowClosed(closing));

api.runtime.onMessage.addListener((message, sender, reply) => {
  const answer = answerTo(message, sender);
  if (!answer) return false;
  answer.then(reply, () => reply({ failure: "The call failed." }));
  return true;
});

/**
 * Picks who may ask what by where the message comes from, never by what it says.
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 * @returns {Promise<object> | undefined}
 */
function answerTo(message, sender) {
  if (sender.id !== api.runtime.id) return undefined;
  if (sender.url?.startsWith(api.runtime.getURL(""))) return answerToOwnPage(message);
  if (sender.tab && sender.frameId === 0 && sender.origin) return answerToPage(message, sender.tab, sender.origin);
  return undefined;
}

/** @param {any} message */
function answerToOwnPage(message) {
  if (message?.to === "core" && typeof message.call === "string") {
    return core.ownCall(message.call).then((reply) => ({ reply }));
  }
  if (message?.to === "instances" && typeof message.instance === "string") {
    return instances.orders.get(message.order)?.(message.instance).then(() => tell()).then(() => ({ done: true }));
  }
  if (message?.to === "store" && message.take === true) return core.all().then((events) => ({ events }));
  if (message?.to === "store" && typeof message.add === "string") return core.add(message.add).then(() => ({ done: true }));
  const command = message?.to === "recorder" ? core.recorder.get(message.command) : undefined;
  return command?.().then(() => ({ done: true }));
}

/**
 * @param {any} message
 * @param {chrome.tabs.Tab} tab
 * @param {string} origin
 */
function answerToPage(message, tab, origin) {
  if (typeof message?.open === "string") return panel.show(message.open).then(() => ({ done: true }));
  if (typeof message?.page !== "string" || !Number.isFinite(message.made)) return undefined;
  const { cookieStoreId } = /** @type {{cookieStoreId?: string}} */ (tab);
  const place = { tab: tab.id ?? -1, private: tab.incognito, cookie_store: cookieStoreId ?? "" };
  return core.pageCall(message.page, message.made, { origin, place }).then((reply) => ({ reply }));
}

let telling = false;
core.onChange(() => {
  // Many changes in one turn are one notice.
  if (telling) return;
  telling = true;
  queueMicrotask(() => {
    telling = false;
    tell().catch(silently);
  });
});

/** Nobody listening is no fault. */
const silently = () => {};

/** Tells own pages that something changed. */
const tellOwnPages = async () => void api.runtime.sendMessage({ notice: await core.notice() }).catch(silently);
core.onProgress(() => inBackground(tellOwnPages()));

/** Tells own pages, marked pages and the toolbar that something changed. */
async function tell() {
  await tellOwnPages();
  const { origins = [] } = await api.permissions.getAll();
  const tabs = origins.length ? await api.tabs.query({ url: origins }) : [];
  for (const { id } of tabs) {
    if (id !== undefined) api.tabs.sendMessage(id, { changed: true }).catch(silently);
  }
  await showBadge();
}

async function showBadge() {
  const { text, title, recording } = await core.badge();
  const icon = recording ? "recording" : "paused";
  const path = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `/icons/${icon}-${size}.png`]));
  await Promise.all([
    api.action.setIcon({ path }),
    api.action.setBadgeText({ text }),
    api.action.setBadgeBackgroundColor({ color: "#b3261e" }),
    api.action.setTitle({ title }),
  ]);
}

/** @param {Promise<unknown>} work whose failure was said where it happened */
const inBackground = (work) => void work.catch(() => {});

// What the toolbar shows must be right after a start of the browser, too. Content scripts that were
// registered outlive the browser, but not an update of the extension.
api.runtime.onStartup.addListener(() => {
  inBackground(showBadge());
  inBackground(instances.agree());
});
api.runtime.onInstalled.addListener(({ reason }) => {
  inBackground(showBadge());
  inBackground(instances.agree());
  // Once: what is recorded and what is not. An update says nothing new.
  if (reason === "install") void api.tabs.create({ url: api.runtime.getURL("panel/index.html?view=welcome") });
});
// The person can give and take access in the browser's own menu, too.
api.permissions.onAdded.addListener(() => inBackground(instances.agree()));
api.permissions.onRemoved.addListener(() => inBackground(instances.leavePages().then(tell)));
