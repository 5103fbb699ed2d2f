/**
 * The core's second part: what looks at a sign-in, a page, a group or a file. The first part takes in what
 * happens without it; whoever looks loads it before, once for each instance of the first, whose memory,
 * stack and table of functions it imports.
 */

/** @typedef {import('./core/samlight.js').InitOutput} First */

/**
 * Its code, once somebody has asked for it.
 * @type {Promise<WebAssembly.Module> | undefined}
 */
let code;
/**
 * What has joined or is joining, by the instance of the first.
 * @type {WeakMap<First, Promise<WebAssembly.Instance>>}
 */
const parts = new WeakMap();

/**
 * Makes the second part ready. If it does not arrive, the next call tries again.
 * @param {First | Promise<First>} instance of the first part
 * @param {string | URL} file where the second lies
 */
export async function second(instance, file) {
  code ??= compile(file);
  code.catch(() => (code = undefined));
  const [first, module] = await Promise.all([instance, code]);
  const part = parts.get(first) ?? WebAssembly.instantiate(module, { __wasm_split: { ...first } });
  parts.set(first, part);
  await part;
}

/** @param {string | URL} file */
async function compile(file) {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`The second part of the core did not arrive: status ${answer.status}.`);
  return WebAssembly.compile(await answer.arrayBuffer());
}
