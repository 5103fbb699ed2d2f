/** Starts the user interface: loads the Wasm, whose own start function (src/lib.rs) does all else. */
import init from './samlight_www.js';

/** How often the core was loaded anew. */
let renewals = 0;

/**
 * Loads the core, which reads files and opens messages in this page; the panel shows what the worker answers
 * and needs none. After a trap its memory is lost: under another address the browser makes another module. To
 * renew the old one in place is refused to a page where the Wasm is large.
 * @param {boolean} anew
 */
async function loadSamlightCore(anew) {
  if (anew) renewals += 1;
  const core = await import(`./core/samlight.js${renewals === 0 ? '' : `?${renewals}`}`);
  await core.default();
  return new core.InPage();
}

Object.assign(globalThis, { loadSamlightCore });
init({ module_or_path: './samlight_www_bg.wasm' });
