/**
 * The second part of a Wasm file that is split in two: what the core looks at a sign-in, a page, a group or a
 * file with; the views of the panel that few people open. Whoever wants it loads it before, once for each
 * instance of the first part, whose memory, stack and table of functions it imports.
 */

/** @typedef {import('./core/samlight.js').InitOutput | import('./samlight_www.js').InitOutput} First */

/**
 * Its code, by its file, once somebody has asked for it.
 * @type {Map<string, Promise<WebAssembly.Module>>}
 */
const codes = new Map();
/**
 * What has joined or is joining, by the instance of the first.
 * @type {WeakMap<First, Promise<WebAssembly.Instance>>}
 */
const parts = new WeakMap();

/**
 * Makes the second part ready. If it does not arrive, the next call tries again.
 * @param {First | Promise<First>} instance of the first part
 * @param {string} file where the second lies
 */
export async function second(instance, file) {
  const code = codes.get(file) ?? compile(file);
  codes.set(file, code);
  code.catch(() => codes.delete(file));
  const [first, module] = await Promise.all([instance, code]);
  const part = parts.get(first) ?? WebAssembly.instantiate(module, { __wasm_split: { ...first } });
  parts.set(first, part);
  await part;
}

/** @param {string} file */
async function compile(file) {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`The second part did not arrive: status ${answer.status}.`);
  return WebAssembly.compile(await answer.arrayBuffer());
}
