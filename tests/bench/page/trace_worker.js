/**
 * One start of the core, as the background does it: load, take in the store, then the badge. `counted` is
 * what an earlier worker counted in the sign-ins that are over; a core that knows of no such thing replays
 * everything, which is measured of the other one, too, as it is done when somebody looks.
 */
import { answering } from "./least.js";

answering(async ({ core, events, now, oneByOne, counted }) => {
  const begin = performance.now();
  const glue = await import(`${core}.js`);
  const instance = await glue.default({ module_or_path: `${core}_bg.wasm` });
  const { memory } = instance;
  const empty = memory.buffer.byteLength;
  const loaded = performance.now();
  const worker = new glue.Worker();
  const replay = (read, ...more) => {
    if (worker.replay(JSON.stringify(read), ...more) !== "[]") throw new Error("an event was not taken in");
  };
  const take = () => {
    const left = worker.take_up(counted, JSON.stringify(events.flatMap(({ id, kind }) => [id, kind])));
    if (left === undefined) throw new Error("what was counted is not of these events");
    replay(JSON.parse(left).map((at) => events[at]), true);
  };
  // What is not counted is looked at, by a part of its own that the other core does not have.
  const badge = async (context) => {
    const known = worker.counted_badge?.(context);
    if (known) return known;
    if (worker.counted_badge) {
      const { second } = await import("/now/panel/second.js");
      await second(instance, `${core}_second.wasm`);
    }
    return worker.badge(context);
  };
  // As a trace grows, or as a worker starts.
  if (oneByOne) for (const event of events) worker.observe(JSON.stringify(event));
  else if (counted) take();
  else replay(events);
  const there = performance.now();
  const said = await badge(JSON.stringify({ now, recording: true }));
  const end = performance.now();
  if (typeof JSON.parse(said).title !== "string") throw new Error("there is no badge");
  const found = { load: loaded - begin, start: there - begin, badge: end - there, whole: there - loaded, empty, full: memory.buffer.byteLength, said };
  if (counted) {
    const before = performance.now();
    replay(events);
    found.whole = performance.now() - before;
  }
  return { ...found, counted: worker.take_counted?.() };
});
