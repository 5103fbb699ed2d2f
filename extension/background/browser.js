/**
 * The browser's extension API under one name: `browser` where it exists (Firefox), else `chrome`.
 */

/** @type {typeof chrome} */
export const api = /** @type {any} */ (globalThis).browser ?? chrome;
