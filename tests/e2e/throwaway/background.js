/**
 * Records the address of each main-frame request it may see, with the number of the worker's start, in
 * `storage.session`. What a test wants kept in the worker's memory arrives by a message.
 */
const boot = crypto.randomUUID();
let writing = Promise.resolve();

chrome.webRequest.onBeforeRequest.addListener(
  ({ url }) => {
    writing = writing.then(async () => {
      const { recorded = [] } = await chrome.storage.session.get("recorded");
      await chrome.storage.session.set({ recorded: [...recorded, { boot, url }] });
    });
  },
  { urls: ["https://gitlab.com/*"], types: ["main_frame"] },
);

console.log("throwaway worker");
