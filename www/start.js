/** Starts the user interface: loads the Wasm and the texts; its start function (src/lib.rs) does all else. */
import { CoreWorker } from './core.js';
import { spoken } from './language.js';
import init, { start } from './samlight_www.js';

Object.assign(globalThis, { CoreWorker });
const [{ language, texts }] = await Promise.all([spoken('./'), init({ module_or_path: './samlight_www_bg.wasm' })]);
document.documentElement.lang = language;
start(language, texts);
