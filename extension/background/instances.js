/**
 * The sites that the person named beside the one of the manifest: their permissions and content scripts.
 *
 * Which sites there are, and by which match patterns the browser knows them, the core says. A permission is
 * asked for by the panel, in the click; here it is withdrawn. Content scripts are registered with the
 * browser, which keeps them over its restarts and runs them where access is given; pages that are open
 * already get them at once.
 */
import { api } from "./browser.js";
import * as core from "./core.js";

/** The content script's files, in the manifest's order. Firefox gives their whole addresses. */
const files = () =>
  (api.runtime.getManifest().content_scripts?.[0]?.js ?? []).map((file) => file.replace(api.runtime.getURL(""), ""));

/** @type {Promise<unknown>} */
let chain = Promise.resolve();

/** Has the browser run the content scripts on the named sites and on no other. Once at a time. */
export function agree() {
  const agreed = chain.then(async () => {
    const named = await core.namedInstances();
    const there = (await api.scripting.getRegisteredContentScripts()).map(({ id }) => id);
    const surplus = there.filter((id) => !named.some((site) => site.id === id));
    if (surplus.length) await api.scripting.unregisterContentScripts({ ids: surplus });
    const missing = named.filter(({ id }) => !there.includes(id));
    if (missing.length) {
      await api.scripting.registerContentScripts(
        missing.map(({ id, pages }) => ({ id, matches: pages, js: files(), runAt: /** @type {const} */ ("document_idle") })),
      );
    }
    await enterOpenPages(named);
  });
  chain = agreed.catch((error) => console.error("Samlight's content scripts:", error instanceof Error ? error.message : "failed"));
  return agreed;
}

/**
 * Runs the content scripts in open pages that do not have them yet; those that have them look again.
 * @param {{access: string, pages: string[]}[]} named
 */
async function enterOpenPages(named) {
  for (const { access, pages } of named) {
    if (!(await api.permissions.contains({ origins: [access] }))) continue;
    for (const { id } of await api.tabs.query({ url: pages })) {
      if (id === undefined) continue;
      // Nobody hears it where no content script runs. A page that goes in this moment gets them by itself.
      await api.tabs.sendMessage(id, { changed: true })
        .catch(() => api.scripting.executeScript({ target: { tabId: id }, files: files() }))
        .catch(() => {});
    }
  }
}

/**
 * Has every content script leave its page; those that are still wanted come back when they are told of a
 * change.
 */
export async function leavePages() {
  for (const { id } of await api.tabs.query({})) {
    if (id !== undefined) api.tabs.sendMessage(id, { gone: true }).catch(() => {});
  }
}

/**
 * What own pages may order, by its name; each takes an instance as the core knows it.
 * @type {Map<string, (instance: string) => Promise<void>>}
 */
export const orders = new Map([
  ["add", async (/** @type {string} */ instance) => {
    await core.addInstance(instance);
    await agree();
  }],
  ["remove", async (/** @type {string} */ instance) => {
    // Access goes first, so that nothing comes any more when what was seen is deleted.
    const withdraw = await core.neededByIt(instance);
    if (withdraw.length) await api.permissions.remove({ origins: withdraw });
    await core.removeInstance(instance);
    await agree();
    await leavePages();
  }],
]);
