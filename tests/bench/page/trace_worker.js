/** One start of the core, as the background does it: load, replay the store, then the badge. */
import { answering } from "./least.js";

answering(async ({ core, events, now, oneByOne }) => {
  const begin = performance.now();
  const glue = await import(`${core}.js`);
  const { memory } = await glue.default({ module_or_path: `${core}_bg.wasm` });
  const empty = memory.buffer.byteLength;
  const loaded = performance.now();
  const worker = new glue.Worker();
  // As a trace grows, or as a worker starts.
  if (oneByOne) for (const event of events) worker.observe(JSON.stringify(event));
  else if (worker.replay(JSON.stringify(events)) !== "[]") throw new Error("an event was not taken in");
  const there = performance.now();
  const shown = JSON.parse(worker.badge(JSON.stringify({ now, recording: true })));
  const end = performance.now();
  if (typeof shown.title !== "string") throw new Error("there is no badge");
  return { load: loaded - begin, start: there - begin, badge: end - there, empty, full: memory.buffer.byteLength };
});
