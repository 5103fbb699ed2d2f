/** Starts the user interface: loads the Wasm, whose own start function (src/lib.rs) does all else. */
import init from './samlight_www.js';

/**
 * Loads the core, which reads files and opens messages in this page; the panel shows what the worker answers
 * and needs none. After a trap its memory is made anew.
 * @param {boolean} anew
 */
async function loadSamlightCore(anew) {
  const core = await import('./core/samlight.js');
  if (anew) core.__wbg_reset_state();
  await core.default();
  return new core.InPage();
}

Object.assign(globalThis, { loadSamlightCore });
init({ module_or_path: './samlight_www_bg.wasm' });
