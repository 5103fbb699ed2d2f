/** The worker of a page: the core, asked by messages (core.js). */
import init, { InPage } from './core/samlight.js';

const loading = init().then(() => new InPage());

self.onmessage = async ({ data: { number, method, given } }) => {
  self.postMessage({ number, ...(await answer(method, given)) });
};

/**
 * @param {Exclude<keyof InPage, 'free' | typeof Symbol.dispose>} method
 * @param {unknown[]} given
 */
async function answer(method, given) {
  /** @type {InPage} */
  let core;
  try {
    core = await loading;
  } catch (error) {
    return { failed: { name: 'missing', message: String(error) } };
  }
  try {
    return { value: Reflect.apply(core[method], core, given) };
  } catch (error) {
    const name = error instanceof WebAssembly.RuntimeError ? 'stopped' : 'said';
    return { failed: { name, message: error instanceof Error ? error.message : String(error) } };
  }
}
