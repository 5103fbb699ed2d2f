/**
 * Reads bodies with `scanner.js`. Standard input is a JSON list of bodies, each its octets as a list;
 * standard output is a list of what each looks like and the fields that were taken.
 */
import { readFileSync } from "node:fs";
import { captureTable as table } from "./capture_table.js";
import { read } from "./scanner.js";

const bodies = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(bodies.map((octets) => {
  const taken = [];
  const look = read(new TextDecoder().decode(Uint8Array.from(octets)), table, (name, value) => taken.push([name, value]));
  return [look ?? null, taken];
})));
