/** The start of the background worker, and the memory of a trace: the released core and that of a commit. */
import { answer, median } from "./least.js";

const CORES = ["/now/panel/core/samlight", "/before/wasm/samlight"];
const ROUNDS = 5;

async function started(events, now) {
  const times = CORES.map(() => ({ load: [], start: [], badge: [], whole: [] }));
  const { counted, said } = await answer("./trace_worker.js", { core: CORES[0], events, now });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, core] of CORES.entries()) {
      const took = await answer("./trace_worker.js", { core, events, now, counted: at ? undefined : counted });
      if (!at && took.said !== said) throw new Error(`the badge is ${took.said}, and was ${said}`);
      for (const name of Object.keys(times[at])) times[at][name].push(took[name]);
    }
  }
  const middle = (name) => times.map((it) => Math.round(median(it[name]) * 1e6));
  return { load: middle("load"), start: middle("start"), badge: middle("badge"), whole: middle("whole") };
}

/** @param {number[]} counts how many of the events each core takes in: the time of one grows with their square */
async function kept(all, counts, now) {
  const octets = [];
  for (const [at, core] of CORES.entries()) {
    const events = all.slice(0, counts[at]);
    const { empty, full } = await answer("./trace_worker.js", { core, events, now, oneByOne: true });
    octets.push(full - empty);
  }
  return octets;
}

/** The times of each trace of the first list, and the octets of the other one. */
export default async function traces() {
  const { start, memory, counts, now } = await (await fetch("/given/traces.json")).json();
  const starts = [];
  for (const events of start) starts.push(await started(events, now));
  return { starts, memory: await kept(memory, counts, now) };
}
