/**
 * Reads bodies and addresses as the capture does, and counts the characters and octets that are looked at.
 * Standard input is a JSON list of `["body", text]`, cut into chunks, and `["address", url]`; standard output
 * a list of what each gave and cost. What looks at text or octets is counted where the engine offers it; an
 * expression is refused, because what it looks at cannot be counted.
 */
import { readFileSync } from "node:fs";

const input = JSON.parse(readFileSync(0, "utf8"));
const encoder = new TextEncoder();
/** Octets of one chunk. */
const CHUNK = 64 * 1024;

let looks = 0;
let octets = 0;
let expressions = 0;
let isCounting = false;
const count = (many) => { if (isCounting) looks += many; };

const { indexOf, lastIndexOf, startsWith, endsWith, includes, charCodeAt, slice, trimStart, trimEnd, toLowerCase } = String.prototype;
const common = (text, part, at) => {
  let same = 0;
  while (same < part.length && charCodeAt.call(text, at + same) === charCodeAt.call(part, same)) same += 1;
  return same + 1;
};
const replaced = {
  indexOf(part, from = 0) {
    const found = indexOf.call(this, part, from);
    count((found < 0 ? this.length : found + part.length) - Math.min(from, this.length));
    return found;
  },
  lastIndexOf(part) {
    const found = lastIndexOf.call(this, part);
    count(this.length - Math.max(found, 0));
    return found;
  },
  startsWith(part, at = 0) { count(common(this, part, at)); return startsWith.call(this, part, at); },
  endsWith(part) { count(part.length); return endsWith.call(this, part); },
  includes(part, from = 0) { return replaced.indexOf.call(this, part, from) >= 0; },
  charCodeAt(at) { count(1); return charCodeAt.call(this, at); },
  slice(from, to) { const part = slice.call(this, from, to); count(part.length); return part; },
  trimStart() { const part = trimStart.call(this); count(this.length - part.length + 1); return part; },
  trimEnd() { const part = trimEnd.call(this); count(this.length - part.length + 1); return part; },
  toLowerCase() { count(this.length); return toLowerCase.call(this); },
};
Object.assign(String.prototype, replaced);
for (const name of ["split", "match", "matchAll", "search", "replace", "replaceAll", "substring", "at", "codePointAt", "concat"]) {
  const given = String.prototype[name];
  String.prototype[name] = function uncounted(...more) {
    if (isCounting) throw new Error(`${name} is not counted`);
    return given.apply(this, more);
  };
}
const exec = RegExp.prototype.exec;
RegExp.prototype.exec = function counted(text) {
  if (isCounting) expressions += 1;
  count(text.length);
  return exec.call(this, text);
};
const Octets = Uint8Array;
/** Counts each octet that is looked at. */
globalThis.Uint8Array = new Proxy(Octets, {
  construct(target, given) {
    const made = new target(...given);
    if (!isCounting) return made;
    return new Proxy(made, {
      get(of, name) {
        if (typeof name === "string" && charCodeAt.call(name, 0) <= 57) octets += 1;
        const it = Reflect.get(of, name, of);
        return typeof it === "function" ? it.bind(of) : it;
      },
    });
  },
});
const Decoder = TextDecoder;
globalThis.TextDecoder = class {
  #decoder = new Decoder();
  decode(part, options) {
    if (!part) return this.#decoder.decode();
    // A proxy is no view: its octets are copied, uncounted, and the decoding is one look at each.
    const before = octets;
    const copied = Octets.from({ length: part.length }, (_, at) => part[at]);
    octets = before;
    count(part.length);
    return this.#decoder.decode(copied, options);
  }
};

const registered = new Map();
const listening = (name) => ({ addListener: (listener) => registered.set(name, listener), removeListener() {}, hasListener: () => false });
globalThis.chrome = {
  webRequest: Object.fromEntries(["onBeforeRequest", "onSendHeaders", "onHeadersReceived", "onCompleted", "onErrorOccurred"].map((name) => [name, listening(name)])),
  permissions: { onAdded: { addListener() {} } },
  tabs: { get: async () => ({}) },
};
// What the worker does after a while is of no concern here.
globalThis.setTimeout = () => 0;
const { capture } = await import("./capture.js");
let kept = [];
capture({ keep: (event) => kept.push(event), nextId: () => "1", loadFollowed: async () => [], saveFollowed() {} });

const results = [["body", "SAMLart=1"], ...input].map(([what, whole], number) => {
  const details = { requestId: String(number), tabId: 7, method: "POST", url: "https://gitlab.com/wrong/path", timeStamp: 1, incognito: false };
  if (what === "address") details.url = whole;
  else {
    const bytes = encoder.encode(whole);
    const raw = [];
    for (let at = 0; at < bytes.length; at += CHUNK) raw.push({ bytes: bytes.buffer.slice(at, at + CHUNK) });
    details.requestBody = { raw };
  }
  kept = [];
  [looks, octets, expressions] = [0, 0, 0];
  isCounting = number > 0;
  registered.get("onBeforeRequest")(details);
  isCounting = false;
  return { looks, octets, expressions, isKept: kept.length > 0, more: kept[0]?.more ?? 0, values: kept[0]?.pieces?.map(([, name, value]) => [name, value]) ?? [] };
});
// The first made what is made once, and is not counted.
process.stdout.write(JSON.stringify(results.slice(1)));
