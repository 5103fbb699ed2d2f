/**
 * Starts the user interface: loads the Wasm and the texts; its start function (src/lib.rs) does all else, and
 * has the second part loaded when a view of it is shown first (src/pages/second.rs).
 */
import { CoreWorker } from './core.js';
import { spoken } from './language.js';
import init, { start } from './samlight_www.js';
import { second } from './second.js';

const first = init({ module_or_path: './samlight_www_bg.wasm' });
Object.assign(globalThis, { CoreWorker, loadSecond: () => second(first, './samlight_www_second.wasm') });
const [{ language, texts }] = await Promise.all([spoken('./'), first]);
document.documentElement.lang = language;
start(language, texts);
