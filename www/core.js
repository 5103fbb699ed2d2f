/**
 * The core of a page, in a worker of the page (core_worker.js): a large file is read while the page stays
 * alive, and what a trap leaves behind is gone with the worker.
 */

/**
 * A failure is named `missing` (the core could not be loaded), `stopped` (a trap), `said` (by the core),
 * `unreadable` (a file) or `stopped-reading` (by order).
 * @param {string} name
 * @param {string} message
 */
const failure = (name, message) => Object.assign(new Error(message), { name });

/** @typedef {(read: number, total: number) => void} Heard How much of some files is read. */

export class CoreWorker {
  #worker = new Worker('core_worker.js', { type: 'module' });
  /**
   * What waits for an answer, by its number.
   * @type {Map<number, { resolve: (value: unknown) => void, reject: (reason: Error) => void, heard?: Heard }>}
   */
  #waiting = new Map();
  #asked = 0;

  constructor() {
    this.#worker.onmessage = ({ data: { number, value, failed, progress } }) => {
      const waiting = this.#waiting.get(number);
      if (progress) {
        const [read, total] = progress;
        waiting?.heard?.(read, total);
        return;
      }
      this.#waiting.delete(number);
      if (failed) waiting?.reject(failure(failed.name, failed.message));
      else waiting?.resolve(value);
    };
    // A part of it did not arrive: there is no answer to anything.
    this.#worker.onerror = (event) => this.#refuse('missing', event.message ?? '');
  }

  /**
   * Calls a method of the core (`InPage` in wasm.rs), or has files read (core_worker.js). What is asked first
   * is answered first, but for what waits while files are read.
   * @param {string} method
   * @param {unknown[]} given
   * @param {Heard} [heard]
   */
  ask(method, given, heard) {
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, heard });
      this.#worker.postMessage({ number, method, given });
    });
  }

  /** Stops reading what is read and what waits for that. */
  stopReading() {
    this.#worker.postMessage({ stop: true });
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
