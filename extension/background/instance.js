/**
 * The Wasm instance of the core, loaded when it is first needed, and made again after a trap. Its texts are
 * in the language of the person.
 */
import init, { __wbg_reset_state as renewInstance, speak } from "../panel/core/samlight.js";
import { spoken } from "../panel/language.js";
import { second } from "../panel/second.js";
import { api } from "./browser.js";

const WASM = api.runtime.getURL("panel/core/samlight_bg.wasm");
const SECOND = api.runtime.getURL("panel/core/samlight_second.wasm");
const toSpeak = spoken(api.runtime.getURL("panel/core/"));
/** Whether the instance has its language. */
let speaks = false;

/** @param {boolean} renew the one that is there trapped: what it holds is half a change */
export async function instance(renew) {
  const [{ language, texts }] = await Promise.all([toSpeak, init({ module_or_path: WASM })]);
  if (renew) {
    renewInstance();
    speaks = false;
  }
  if (!speaks) speak(language, texts);
  speaks = true;
}

/** The second part of the instance that is there: what looks at a trace. */
export async function whole() {
  try {
    await second(await init(), SECOND);
  } catch (error) {
    // The first part goes on: what was asked is refused, and the next call tries again.
    throw new Error("A part of Samlight could not be loaded.", { cause: error });
  }
}
