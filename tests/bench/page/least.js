/** Times: the least of several runs, since what else the machine does only ever adds to them. */

/** How long a batch of runs is, in milliseconds: far more than the clock of a page can tell. */
const BATCH = 10;
/** How long a work is run before it is measured: engines compile what runs often. */
const WARM = 300;
const ROUNDS = 9;

/** The mean time of so many runs, in milliseconds. */
function mean(work, runs) {
  const begin = performance.now();
  for (let run = 0; run < runs; run += 1) work();
  return (performance.now() - begin) / runs;
}

/** How many runs make a batch. */
function batch(work) {
  const begin = performance.now();
  let runs = 0;
  for (; runs < 3 || performance.now() - begin < WARM; runs += 1) work();
  return Math.max(1, Math.ceil((BATCH * runs) / (performance.now() - begin)));
}

/**
 * The least time of each work, in nanoseconds. They take turns, so that what else happens meets all of them.
 * @param {(() => unknown)[]} works
 */
export function least(works) {
  const runs = works.map(batch);
  const times = works.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round += 1) {
    works.forEach((work, at) => { times[at] = Math.min(times[at], mean(work, runs[at])); });
  }
  return times.map((time) => Math.round(time * 1e6));
}

/** The middle one. */
export const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

/** The answer of a new worker of the page to `given`. */
export function answer(file, given) {
  const worker = new Worker(file, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(given);
  }).finally(() => worker.terminate());
}

/** Answers the page by `work`, in a worker. */
export function answering(work) {
  self.onmessage = ({ data }) => {
    work(data).then((done) => self.postMessage(done), (error) => self.postMessage({ failed: `${error}\n${error.stack}` }));
  };
}
