/**
 * The core of a page, in a worker of the page (core_worker.js): a large file is read while the page stays
 * alive, and what a trap leaves behind is gone with the worker.
 */

/**
 * A failure is named `missing` (the core could not be loaded), `stopped` (a trap) or `said` (by the core).
 * @param {string} name
 * @param {string} message
 */
const failure = (name, message) => Object.assign(new Error(message), { name });

export class CoreWorker {
  #worker = new Worker('core_worker.js', { type: 'module' });
  /**
   * What waits for an answer, by its number.
   * @type {Map<number, { resolve: (value: unknown) => void, reject: (reason: Error) => void }>}
   */
  #waiting = new Map();
  #asked = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { number, value, failed } }) => {
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (failed) waiting?.reject(failure(failed.name, failed.message));
      else waiting?.resolve(value);
    };
    // A part of it did not arrive: there is no answer to anything.
    this.#worker.onerror = (event) => this.#refuse('missing', event.message ?? '');
  }

  /**
   * Calls a method of the core (`InPage` in wasm.rs). What is asked first is answered first.
   * @param {string} method
   * @param {unknown[]} given
   */
  ask(method, given) {
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage({ number, method, given });
    });
  }

  /** Stops it, with everything that it holds. */
  stop() {
    this.#worker.terminate();
    this.#refuse('stopped', '');
  }

  /**
   * @param {string} name
   * @param {string} message
   */
  #refuse(name, message) {
    for (const waiting of this.#waiting.values()) waiting.reject(failure(name, message));
    this.#waiting.clear();
  }
}
