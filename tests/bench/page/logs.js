/** One group's requests in a log from the disk, read as the panel reads it: by the worker of a page, in pieces. */

const ROUNDS = 2;

/** The file that is chosen in the page. */
function chosen() {
  const input = document.body.appendChild(Object.assign(document.createElement("input"), { type: "file" }));
  return new Promise((resolve) => input.addEventListener("change", () => resolve(input.files[0]), { once: true }));
}

/** The least time of the whole, in nanoseconds. */
export default async function logs() {
  const { group, count } = await (await fetch("/given/logs.json")).json();
  const file = await chosen();
  const worker = new Worker("/now/panel/core_worker.js", { type: "module" });
  const read = (log) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { progress, failed, value } }) => {
      if (failed) reject(new Error(failed.message));
      else if (!progress) resolve(JSON.parse(value));
    };
    const call = { person: "", group, since: "", until: "", files: [log.name] };
    worker.postMessage({ number: 1, method: "story", given: [JSON.stringify(call), [log]] });
  });
  // The core is loaded, and its code has run.
  await read(new File([file.slice(0, 1 << 20)], file.name));
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const begin = performance.now();
    const { statements, left_out: more } = await read(file);
    least = Math.min(least, performance.now() - begin);
    // One more is the sum.
    if (statements.length + more !== count + 1) throw new Error(`it found ${statements.length + more - 1} of ${count}`);
  }
  return Math.round(least * 1e6);
}
