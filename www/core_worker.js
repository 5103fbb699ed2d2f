/**
 * The worker of a page: the core, asked by messages (core.js).
 *
 * A file comes as the browser's handle of it and is read in pieces, so that its size does not matter; only
 * what the core wants as a whole is read as a whole.
 */
import init, { InPage, ListReading, Reading, speak } from './core/samlight.js';
import { spoken } from './language.js';
import { second } from './second.js';

/**
 * Octets of a file that are read at once. While the core reads them, the browser fetches the next ones. Each
 * piece is asked for between processes: with a quarter of it 1 GiB takes a third longer.
 */
const PIECE = 4 * 1024 * 1024;

const SECOND = './core/samlight_second.wasm';

/** @typedef {Exclude<keyof InPage, 'free' | typeof Symbol.dispose>} Method */
/** @typedef {'read' | 'read_for_recorder'} Whole */

const loading = load();

async function load() {
  const first = init();
  const [{ memory }, { language, texts }] = await Promise.all([first, spoken('./core/'), second(first, SECOND)]);
  speak(language, texts);
  return { core: new InPage(), memory };
}

/** The orders to stop reading: what began before the newest one stops. */
let stops = 0;

/**
 * The list of people that was read last, until all of it is handed on.
 * @type {ListReading | undefined}
 */
let people;

/**
 * What is read, one after the other: the memory for one is bounded, that for several at once were not.
 * @type {Promise<unknown>}
 */
let turn = Promise.resolve();

self.onmessage = async ({ data: { number, method, given, stop } }) => {
  if (stop) {
    stops += 1;
    return;
  }
  self.postMessage({ number, ...(await answer(number, method, given)) });
};

/**
 * @param {number} number
 * @param {Method | 'file' | 'story' | 'list' | 'list_call'} method
 * @param {unknown[]} given
 */
async function answer(number, method, given) {
  let loaded;
  try {
    loaded = await loading;
  } catch (error) {
    return { failed: { name: 'missing', message: String(error) } };
  }
  const { core, memory } = loaded;
  /** @type {(read: number, total: number) => void} */
  const heard = (...progress) => self.postMessage({ number, progress, memory: memory.buffer.byteLength });
  try {
    switch (method) {
      case 'file':
        return { value: await file(core, .../** @type {[Whole, File, number, number]} */ (given), heard) };
      case 'story':
        return { value: await story(.../** @type {[string, File[]]} */ (given), heard) };
      case 'list':
        return { value: await list(.../** @type {[File]} */ (given), heard) };
      case 'list_call':
        return { value: people?.call() };
      default:
        return { value: Reflect.apply(core[method], core, given) };
    }
  } catch (error) {
    const is = error instanceof Error ? error : new Error(String(error));
    const known = ['stopped-reading', 'unreadable'].includes(is.name);
    const name = error instanceof WebAssembly.RuntimeError ? 'stopped' : known ? is.name : 'said';
    return { failed: { name, message: is.message } };
  }
}

/**
 * Reads a file, and has the core read it as a whole where it wants that, at most `most` octets.
 * @param {InPage} core
 * @param {Whole} whole
 * @param {File} file
 * @param {number} most
 * @param {number} now
 * @param {(read: number, total: number) => void} heard
 */
async function file(core, whole, file, most, now, heard) {
  const recorded = whole === 'read_for_recorder';
  const said = await inPieces(() => Reading.file(), [file], recorded, heard);
  return said ?? core[whole](file.name, await octets(file, 0, most), now);
}

/**
 * Reads files for the story of one person, or for what filters leave of them.
 * @param {string} call
 * @param {File[]} files
 * @param {(read: number, total: number) => void} heard
 */
const story = (call, files, heard) => inPieces(() => Reading.story(call), files, false, heard);

/**
 * Reads files piece by piece, as often as is wanted, once it is their turn.
 * @param {() => Reading} begin
 * @param {File[]} files
 * @param {boolean} recorded
 * @param {(read: number, total: number) => void} heard
 */
function inPieces(begin, files, recorded, heard) {
  const begun = stops;
  const read = turn.then(async () => {
    const reading = begin();
    const total = reading.rounds() * files.reduce((sum, file) => sum + file.size, 0);
    let done = 0;
    try {
      do {
        for (const file of files) {
          const end = done + file.size;
          for await (const piece of pieces(file)) {
            if (stops !== begun) throw failure('stopped-reading', file.name);
            done += piece.length;
            const wants = reading.read(piece);
            heard(done, total);
            if (!wants) break;
          }
          done = end;
          reading.end_file();
        }
      } while (reading.again());
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) reading.free();
      throw error;
    }
    return reading.end(recorded);
  });
  turn = read.catch(() => {});
  return read;
}

/**
 * Reads a list of people piece by piece, once it is its turn. It is handed on by calls (`list_call`).
 * @param {File} file
 * @param {(read: number, total: number) => void} heard
 */
function list(file, heard) {
  const begun = stops;
  const read = turn.then(async () => {
    people?.free();
    people = undefined;
    const reading = new ListReading(file.name);
    let done = 0;
    for await (const piece of pieces(file)) {
      if (stops !== begun) throw failure('stopped-reading', file.name);
      done += piece.length;
      heard(done, file.size);
      if (!reading.read(piece)) break;
    }
    reading.end();
    people = reading;
  });
  turn = read.catch(() => {});
  return read;
}

/**
 * The pieces of a file, in order. Two are in memory at a time: the one that is read, and the next one.
 * @param {File} file
 */
async function* pieces(file) {
  /** @type {(at: number) => Promise<Uint8Array<ArrayBuffer>>} */
  const piece = (at) => {
    const read = octets(file, at, at + PIECE);
    // Whoever awaits it hears of a failure; a reading that ends before must not leave one that nobody hears.
    read.catch(() => {});
    return read;
  };
  for (let at = 0, next = piece(at); at < file.size; at += PIECE) {
    const now = await next;
    next = piece(at + PIECE);
    yield now;
  }
}

/**
 * @param {File} file
 * @param {number} from
 * @param {number} to
 */
async function octets(file, from, to) {
  try {
    return new Uint8Array(await file.slice(from, to).arrayBuffer());
  } catch {
    // It is gone, or another one by now.
    throw failure('unreadable', file.name);
  }
}

/**
 * @param {string} name
 * @param {string} message
 */
const failure = (name, message) => Object.assign(new Error(message), { name });
