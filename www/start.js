/** Starts the user interface: loads the Wasm, whose own start function (src/lib.rs) does all else. */
import { CoreWorker } from './core.js';
import init from './samlight_www.js';

Object.assign(globalThis, { CoreWorker });
init({ module_or_path: './samlight_www_bg.wasm' });
