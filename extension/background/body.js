/**
 * The body of a request as each browser gives it, reduced to the listed fields.
 *
 * A form comes as fields; the rest comes as bytes, in which the generated table says how listed fields stand.
 * Without a field that the table calls carrying, nothing of the bytes is kept. Leaves out all meaning: values
 * stay as they stand.
 */
import { captureTable as table } from "./capture_table.js";

/** @typedef {[name: string, values: string[]]} Field */
/** @typedef {[form: string, name: string, value: string]} Piece */
/** @typedef {{body: string, form: Field[], pieces?: Piece[], cut?: number, carriesField: boolean}} Kept */

const rawForms = table.raw.map(({ id, whole, field }) => ({ id, whole: new RegExp(whole), field: new RegExp(field, "gi") }));

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
  return {
    /** @param {string} value */
    take(value) {
      const part = value.slice(0, room);
      room -= part.length;
      given += value.length;
      return part;
    },
    cut: () => (given > table.fieldChars ? { cut: given } : {}),
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
  const form = names.filter((name) => table.fields.includes(name))
    .map((name) => /** @type {Field} */ ([name, (fields[name] ?? []).map((value) => room.take(text(value)))]));
  return { body: "form", form, ...room.cut(), carriesField: names.some(isCarrying) };
}

/**
 * @param {{bytes?: ArrayBuffer, truncated?: boolean}[]} chunks
 * @returns {Kept}
 */
function fromBytes(chunks) {
  const size = chunks.reduce((sum, { bytes }) => sum + (bytes?.byteLength ?? 0), 0);
  if (size > table.rawBytes || chunks.some(({ truncated }) => truncated)) {
    return { body: "too-large", form: [], carriesField: false };
  }
  const decoder = new TextDecoder();
  const whole = chunks.map(({ bytes }) => (bytes ? decoder.decode(bytes, { stream: true }) : "")).join("") + decoder.decode();
  const form = rawForms.find((it) => it.whole.test(whole));
  const parts = form ? [...whole.matchAll(form.field)] : [];
  // A part without a name is listed by what the whole looks like.
  const found = parts.filter(([, name]) => !name || table.fields.includes(name));
  if (!found.some(([, name]) => !name || isCarrying(name))) return { body: "raw", form: [], carriesField: false };
  const room = budget();
  const pieces = found.map(([, name, value]) => /** @type {Piece} */ ([form?.id, name, room.take(value ?? "")]));
  return { body: "raw", form: [], pieces, ...room.cut(), carriesField: true };
}
