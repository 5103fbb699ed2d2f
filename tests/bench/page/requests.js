/** Requests that are none of Samlight's concern: the released listeners beside those of a commit. */
import { answer } from "./least.js";

const VERSIONS = ["/now", "/before"];
const ROUNDS = 3;

/** For each size of a body, the times. */
export default async function requests() {
  const sizes = [0, 100_000, 5_000_000];
  const times = VERSIONS.map(() => sizes.map(() => Infinity));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, version] of VERSIONS.entries()) {
      const taken = await answer("./request_worker.js", { version, sizes });
      times[at] = times[at].map((time, size) => Math.min(time, taken[size]));
    }
  }
  return sizes.map((size, at) => ({ size, times: times.map((it) => it[at]) }));
}
