/**
 * The core's second part: what looks at a sign-in, a page, a group or a file. The first part takes in what
 * happens without it; whoever looks loads it before, once for each instance of the first, whose memory and
 * table of functions it takes.
 */

/** @typedef {import('./core/samlight.js').InitOutput} First */

/**
 * Its code, once somebody has asked for it.
 * @type {Promise<WebAssembly.Module> | undefined}
 */
let code;
/**
 * What has joined or is joining, by the instance of the first.
 * @type {WeakMap<First, Promise<void>>}
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
  const part = parts.get(first) ?? join(first, module);
  parts.set(first, part);
  await part;
}

/**
 * @param {First} first
 * @param {WebAssembly.Module} module
 */
async function join({ memory, __indirect_function_table, __stack_pointer }, module) {
  await WebAssembly.instantiate(module, { __wasm_split: { memory, __indirect_function_table, __stack_pointer } });
}

/** @param {string | URL} file */
async function compile(file) {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(`The second part of the core did not arrive: status ${answer.status}.`);
  return WebAssembly.compile(await answer.arrayBuffer());
}
