/**
 * The body of a request as each browser gives it, reduced to the listed fields.
 *
 * A form comes as fields; the rest comes as bytes, out of which `scanner.js` takes listed fields. Without a
 * field that the table calls carrying, nothing of the bytes is kept; without the name of one anywhere in
 * them, they are not even decoded. Leaves out all meaning: values stay as they stand.
 */
import { captureTable as table } from "./capture_table.js";
import { read, searcher } from "./scanner.js";

/** @typedef {[name: string, values: string[]]} Field */
/** @typedef {[form: string, name: string, value: string]} Piece */
/** @typedef {{body: string, form: Field[], pieces?: Piece[], cut?: number, more?: number, carriesField: boolean}} Kept */

/**
 * Whether octets can carry anything. Made when it is first needed: most workers never see such a body.
 * @type {ReturnType<typeof searcher> | undefined}
 */
let canCarry;

/** @param {string} name */
const isCarrying = (name) => table.carryingFields.includes(name);

/**
 * @param {any} given `requestBody` of `onBeforeRequest`
 * @returns {Kept}
 */
export function body(given) {
  if (!given) return { body: "none", form: [], carriesField: false };
  if (given.error) return { body: "unreadable", form: [], carriesField: false };
  if (given.formData) return fromFields(given.formData);
  return fromBytes(given.raw ?? []);
}

/** Cuts off what is more than may be kept, and counts what there was. */
function budget() {
  let room = table.fieldChars;
  let given = 0;
  let more = 0;
  /** @type {Map<string, number>} */
  const times = new Map();
  return {
    /** @param {string} name @returns whether another value with this name may be kept */
    takes(name) {
      const before = times.get(name) ?? 0;
      times.set(name, before + 1);
      more += Number(before >= table.valuesOfField);
      return before < table.valuesOfField;
    },
    /** @param {string} value */
    take(value) {
      const part = value.slice(0, room);
      room -= part.length;
      given += value.length;
      return part;
    },
    cut: () => ({ ...(given > table.fieldChars ? { cut: given } : {}), ...(more ? { more } : {}) }),
  };
}

/**
 * A value is text, or bytes where it is no UTF-8; Firefox gives nothing at all for a name without `=`.
 * @param {any} value
 */
const text = (value) => (typeof value === "string" ? value : value ? new TextDecoder().decode(value) : "");

/**
 * @param {Record<string, any[]>} fields
 * @returns {Kept}
 */
function fromFields(fields) {
  const room = budget();
  const names = Object.keys(fields);
  // Firefox gives a form of more than 1 MiB without any field.
  if (!names.length) return { body: "unreadable", form: [], carriesField: false };
  const form = names.filter((name) => table.fields.includes(name)).map((name) => {
    const values = (fields[name] ?? []).filter(() => room.takes(name));
    return /** @type {Field} */ ([name, values.map((value) => room.take(text(value)))]);
  });
  return { body: "form", form, ...room.cut(), carriesField: names.some(isCarrying) };
}

/**
 * @param {{bytes?: ArrayBuffer, truncated?: boolean}[]} chunks
 * @returns {Kept}
 */
function fromBytes(chunks) {
  const octets = chunks.map(({ bytes }) => (bytes ? new Uint8Array(bytes) : new Uint8Array()));
  const size = octets.reduce((sum, { length }) => sum + length, 0);
  if (size > table.rawBytes || chunks.some(({ truncated }) => truncated)) {
    return { body: "too-large", form: [], carriesField: false };
  }
  /** @type {Kept} */
  const nothing = { body: "raw", form: [], carriesField: false };
  canCarry ??= searcher([...table.carryingFields, table.envelope.mark]);
  if (!canCarry(octets)) return nothing;
  const decoder = new TextDecoder();
  const whole = octets.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
  const room = budget();
  /** @type {[name: string, value: string][]} */
  const found = [];
  const form = read(whole, table, (name, value) => {
    if (room.takes(name)) found.push([name, value]);
  });
  // A part without a name is listed by what the whole looks like.
  if (form === undefined || !found.some(([name]) => !name || isCarrying(name))) return nothing;
  const pieces = found.map(([name, value]) => /** @type {Piece} */ ([form, name, room.take(value)]));
  return { body: "raw", form: [], pieces, ...room.cut(), carriesField: true };
}
