/**
 * Adds the panel to the browser's developer tools, under the title of this page. The panel's page learns only
 * the number of the inspected tab, behind the `#`; all else it asks of the background script, as in any other
 * place.
 */
import { api } from "../background/browser.js";

const tab = api.devtools.inspectedWindow.tabId;
api.devtools.panels.create(document.title, "/icons/recording-32.png", `/panel/index.html?view=devtools#tab=${tab}`);
