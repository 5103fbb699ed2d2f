/** Starts the user interface: loads the Wasm, whose own start function (src/lib.rs) does all else. */
import init from './samlight_www.js';

init({ module_or_path: './samlight_www_bg.wasm' });
