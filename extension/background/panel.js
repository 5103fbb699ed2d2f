/**
 * The panel in a tab, opened from GitLab's page. What it shows first stands behind the `#` of its address, so
 * that a panel that is open already is changed, and not loaded again.
 */
import { api } from "./browser.js";

const PANEL = "panel/index.html?view=tab";

/**
 * Shows the panel that is open in a tab, else opens one.
 * @param {string} opening what it shows first, by its name; the panel leaves out what it does not know
 */
export async function show(opening) {
  const url = `${api.runtime.getURL(PANEL)}#show=${encodeURIComponent(opening)}`;
  const [tab] = await api.tabs.query({ url: `${api.runtime.getURL("panel/index.html")}*` })
    .then((tabs) => tabs.filter((found) => found.url?.startsWith(api.runtime.getURL(PANEL))));
  if (tab?.id === undefined) return void (await api.tabs.create({ url }));
  await api.tabs.update(tab.id, { active: true, url });
  await api.windows.update(tab.windowId, { focused: true });
}
